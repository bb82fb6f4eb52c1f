import { randomUUID } from "node:crypto";
import Database from "better-sqlite3";
import request from "@/__tests__/support/request";
import type { Server } from "@/__tests__/support/server";

/** Makes a post over the API, by commenting on a page of localhost, and returns its id. */
export async function makePost({ url }: Pick<Server, "url">): Promise<number> {
  const post = `http://localhost/${randomUUID()}`;
  const answer = await request(url).post("/api/comments").send({ post, comment: "First" }).expect(201);
  return answer.body.post;
}

/** The answer's status and comment to a POST on `post`; null where the connection broke. */
export async function tryPost(
  { url }: Pick<Server, "url">,
  post: number,
  comment: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; id: number; replayed: boolean; retryAfter: number; type: string } | null> {
  try {
    const answer = await request(url).post(`/api/comments/${post}`).set(headers).send({ comment });
    return {
      status: answer.status,
      id: answer.body.id,
      replayed: answer.headers["idempotent-replayed"] === "true",
      retryAfter: Number(answer.headers["retry-after"]),
      type: answer.headers["content-type"] ?? "",
    };
  } catch {
    return null;
  }
}

/** Reads the file beside the server: the texts kept, and whether the file is whole. */
export function inspect(databaseFile: string): {
  texts: Map<number, string>;
  integrity: unknown;
  counts: unknown[];
} {
  const database = new Database(databaseFile);
  const rows = database
    .prepare<[], { id: number; comment: string }>("SELECT id, comment FROM comments")
    .all();
  const integrity = database.pragma("integrity_check", { simple: true });
  database.exec("INSERT INTO held_words (held_words, rank) VALUES ('integrity-check', 1)");
  database.exec("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)");
  const counts = database
    .prepare(
      `SELECT (SELECT comments FROM site) = (SELECT count(*) FROM comments WHERE status = 'approved')
        AND (SELECT sum(comments) FROM posts) = (SELECT comments FROM site) AS kept`,
    )
    .pluck()
    .all();
  database.close();
  return { texts: new Map(rows.map(({ id, comment }) => [id, comment])), integrity, counts };
}
