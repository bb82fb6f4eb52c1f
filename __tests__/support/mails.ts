import Database from "better-sqlite3";
import type { MailServer } from "@/__tests__/support/mailServer";
import { makeDue } from "@/__tests__/support/queues";
import type { Server } from "@/__tests__/support/server";
import type { Addressee } from "@/db/port/mails";
import { LEASE } from "@/lib/mail/errand";
import { sealLink } from "@/lib/mail/links";

/** The settings of a server that sends mail through that one. */
export function mailing({ url }: Pick<MailServer, "url">): Record<string, string> {
  return { SMTP_URL: url, MAIL_FROM: "Blog <comments@blog.example>", PUBLIC_URL: "https://comments.example" };
}

/** Puts a message in the queue, beside the server; its id. */
export function queueMail(
  { databaseFile }: Pick<Server, "databaseFile">,
  to: Addressee,
  kind = "mail.test",
  facts: object = {},
): number {
  const database = new Database(databaseFile, { timeout: 5000 });
  const now = new Date().toISOString();
  const { lastInsertRowid } = database
    .prepare(
      "INSERT INTO mails (kind, user_id, address, facts, due_at, created_at) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .run(
      kind,
      "user" in to ? to.user : null,
      "address" in to ? to.address : null,
      JSON.stringify(facts),
      now,
      now,
    );
  database.close();
  return Number(lastInsertRowid);
}

export interface MailRow {
  id: number;
  kind: string;
  state: string;
  attempts: number;
  due_at: string | null;
  error: string | null;
}

/** All messages of the queue, whatever became of them. */
export function mailsOf({ databaseFile }: Pick<Server, "databaseFile">): MailRow[] {
  const database = new Database(databaseFile, { readonly: true, timeout: 5000 });
  const rows = database
    .prepare<[], MailRow>("SELECT id, kind, state, attempts, due_at, error FROM mails ORDER BY id")
    .all();
  database.close();
  return rows;
}

/** As `hasten` of webhooks, for the queue of mail. */
export function hastenMails({ databaseFile }: Pick<Server, "databaseFile">, { claimed = false } = {}): void {
  makeDue(databaseFile, "mails", claimed ? null : LEASE);
}

/** The token of a mailed link, as this server would make it. */
export function linkToken(
  { databaseFile }: Pick<Server, "databaseFile">,
  link: { purpose: string; subject: unknown; state: string; until?: number },
): string {
  const database = new Database(databaseFile, { readonly: true, timeout: 5000 });
  const secret = database.prepare<[], Buffer>("SELECT secret FROM site").pluck().get();
  database.close();
  if (!secret) throw new Error("The database has no secret");
  return sealLink(secret, { until: Date.now() + 60_000, ...link });
}

/** The links of a message by their labels, as paths on its server; of the same label, the first. */
export function linksOf({ html }: { html: string }): Record<string, string> {
  const links = [...html.matchAll(/<a href="https:\/\/comments\.example([^"]*)">([^<]*)<\/a>/g)];
  return Object.fromEntries(links.reverse().map(([, path = "", label = ""]) => [label, path]));
}

/** The token in the path of a link. */
export function tokenOf(path: string | undefined): string {
  const token = new URL(path ?? "", "https://comments.example").searchParams.get("token");
  if (token === null) throw new Error(`No token in ${path}`);
  return token;
}
