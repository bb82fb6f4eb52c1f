import { randomUUID } from "node:crypto";
import Database from "better-sqlite3";
import type { Response } from "supertest";
import { client } from "@/__tests__/support/client";
import type { Server } from "@/__tests__/support/server";
import { hashPassword } from "@/lib/passwords";

/** What every person in these tests signs in with. */
export const PASSWORD = "a tune for the tin whistle";

let hashed: Promise<string> | undefined;

/** A person who can sign in, put beside the server: their e-mail address and id. */
export async function addPerson(
  { databaseFile }: Pick<Server, "databaseFile">,
  role: "admin" | "moderator" | "author" | "member" = "member",
  name = "Theodora",
): Promise<{ id: number; email: string }> {
  hashed ??= hashPassword(PASSWORD);
  const email = `${randomUUID()}@example.org`;
  const password = await hashed;
  const database = new Database(databaseFile);
  const { lastInsertRowid } = database
    .prepare(
      `INSERT INTO users (name, name_key, email, password, role, created_at)
       VALUES (?, ?, ?, ?, ?, '2026-06-01T10:00:00.000Z')`,
    )
    .run(name, name.toLowerCase(), email, password, role);
  database.close();
  return { id: Number(lastInsertRowid), email };
}

/** Signs in as a program does; the answer. */
export async function signIn(server: Server, email: string, password = PASSWORD): Promise<Response> {
  return client(() => server).post("/api/session", { email, password });
}

/** The cookie that an answer sets, as a browser sends it back. */
export function cookieOf({ headers }: Pick<Response, "headers">): string {
  const [first = ""] = [headers["set-cookie"] ?? []].flat();
  return first.split(";", 1)[0] ?? "";
}

/** Somebody new who is signed in: who, and the headers of a browser on a page of this server. */
export async function addSignedIn(
  server: Server,
  role?: Parameters<typeof addPerson>[1],
  name?: string,
): Promise<{ id: number; email: string; browser: { Cookie: string; "Sec-Fetch-Site": string } }> {
  const person = await addPerson(server, role, name);
  return { ...person, browser: { Cookie: cookieOf(await signIn(server, person.email)), ...fromHere } };
}

/** What a browser sends along from a page of this server. */
export const fromHere = { "Sec-Fetch-Site": "same-origin" };
