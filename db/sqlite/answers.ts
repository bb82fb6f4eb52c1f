import type { Statement } from "better-sqlite3";
import type { IdempotencyKey } from "@/db/port/base";
import type { Connection } from "@/db/sqlite/connection";

/** The first answers to POSTs with an Idempotency-Key, but for comments, which have their own. Inside the caller's transaction. */
export class Answers {
  readonly #find: Statement<[string], { request: string; answer: string }>;
  readonly #save: Statement<IdempotencyKey & { answer: string; at: string }>;

  constructor({ db }: Connection) {
    this.#find = db.prepare("SELECT request, answer FROM answers WHERE key = ?");
    this.#save = db.prepare(
      "INSERT INTO answers (key, request, answer, created_at) VALUES (:key, :request, :answer, :at)",
    );
  }

  find(key: string): { request: string; answer: string } | null {
    return this.#find.get(key) ?? null;
  }

  save(key: IdempotencyKey, answer: string, at: string): void {
    this.#save.run({ ...key, answer, at });
  }
}
