import type { Database, Statement } from "better-sqlite3";
import type { Connection } from "@/db/sqlite/connection";
import { Herald } from "@/db/sqlite/herald";
import { PostPlaces } from "@/db/sqlite/places";
import { Removal } from "@/db/sqlite/removal";
import { SearchIndex } from "@/db/sqlite/searchIndex";
import { NEXT_VERSION } from "@/db/sqlite/version";
import { Visibility } from "@/db/sqlite/visibility";
import type { ImportOptions, ImportRefusal, ImportReport, ImportRow, Store } from "@/db/store";

type Of<K extends ImportRow["kind"]> = Extract<ImportRow, { kind: K }>;

interface Staged {
  n: number;
  row: string;
}

interface Parent {
  id: number;
  post: number;
  depth: number;
  created_at: string;
}

/** Thrown through the transaction to undo it; never leaves this file. */
class Undo extends Error {}

/**
 * Bulk import. Rows are first checked and rendered into a temporary table, which locks nobody out; then one
 * transaction moves them over, parents before replies, and indexes their texts once at the end.
 */
export class Imports {
  readonly #connection: Connection;
  readonly #removal: Removal;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#removal = new Removal(connection);
  }

  remove: Store["imports"]["remove"] = (source) => this.#connection.write(() => this.#removal.remove(source));

  /** One after the other: they share the temporary table. */
  run: Store["imports"]["run"] = (rows, options) => {
    const report = this.#last.then(() => this.#run(rows, options));
    this.#last = report.catch(() => undefined);
    return report;
  };

  async #run(rows: Iterable<ImportRow | ImportRefusal>, options: ImportOptions): Promise<ImportReport> {
    const { db } = this.#connection;
    // A file may hold more rows than there is memory.
    db.pragma("temp_store = FILE");
    db.exec(`
      CREATE TEMP TABLE stage (n INTEGER PRIMARY KEY, kind TEXT, local TEXT, parent TEXT, id INTEGER, row TEXT) STRICT;
      CREATE INDEX temp.stage_kind ON stage (kind, n);
      CREATE INDEX temp.stage_local ON stage (kind, local);
      CREATE INDEX temp.stage_parent ON stage (parent) WHERE parent IS NOT NULL AND id IS NULL;`);
    try {
      const refused = stage(db, rows, options);
      if (refused.length > 0 && !options.keepGoing) return { created: 0, known: 0, refused, kept: false };
      return await this.#connection.write(() => new Move(this.#connection, options, refused).run());
    } catch (error) {
      if (error instanceof Undo && Array.isArray(error.cause))
        return { created: 0, known: 0, refused: error.cause, kept: false };
      throw error;
    } finally {
      db.exec("DROP TABLE temp.stage");
      db.pragma("temp_store = MEMORY");
    }
  }
}

function stage(
  db: Database,
  rows: Iterable<ImportRow | ImportRefusal>,
  { onProgress }: ImportOptions,
): ImportRefusal[] {
  const refused: ImportRefusal[] = [];
  const put = db.prepare("INSERT INTO temp.stage (kind, local, parent, row) VALUES (?, ?, ?, ?)");
  let done = 0;
  for (const row of rows) {
    onProgress?.("read", ++done, null);
    if ("reason" in row) refused.push(row);
    else {
      const local = row.kind === "user" ? null : row.localId;
      put.run(row.kind, local, row.kind === "comment" ? row.parent : null, JSON.stringify(row));
    }
  }
  return refused;
}

/** One run of the second half, inside its transaction. */
class Move {
  readonly #db: Database;
  readonly #places: PostPlaces;
  readonly #visibility: Visibility;
  readonly #herald: Herald;
  readonly #searchIndex: SearchIndex;
  readonly #options: ImportOptions;
  readonly #refused: ImportRefusal[];
  readonly #next: Statement<[string, number], Staged>;
  readonly #arrived: Statement<[number, number]>;
  readonly #waiting: Statement<[string], Staged>;
  readonly #parent: Statement<[string], Parent>;
  readonly #localPost: Statement<[string], number>;
  readonly #firstPost: Statement<[], number>;
  readonly #known: Record<ImportRow["kind"], Statement<[string], number>>;
  readonly #userBy: Statement<[string], number>;
  readonly #user: Statement<object>;
  readonly #comment: Statement<object>;
  readonly #perPost = new Map<number, number>();
  #created = 0;
  #seen = 0;
  #total = 0;

  constructor(connection: Connection, options: ImportOptions, refused: ImportRefusal[]) {
    const { db } = connection;
    this.#db = db;
    this.#places = new PostPlaces(connection);
    this.#visibility = new Visibility(connection);
    this.#herald = new Herald(connection);
    this.#searchIndex = new SearchIndex(connection);
    this.#options = options;
    this.#refused = [...refused];
    this.#next = db.prepare("SELECT n, row FROM temp.stage WHERE kind = ? AND n > ? ORDER BY n LIMIT 500");
    this.#arrived = db.prepare("UPDATE temp.stage SET id = ? WHERE n = ?");
    this.#waiting = db.prepare("SELECT n, row FROM temp.stage WHERE parent = ? AND id IS NULL ORDER BY n");
    this.#parent = db.prepare(`
      SELECT c.id, c.post, c.depth, c.created_at FROM temp.stage s JOIN comments c ON c.id = s.id
      WHERE s.kind = 'comment' AND s.local = ? ORDER BY s.n LIMIT 1`);
    const first = <P extends unknown[]>(sql: string) => db.prepare<P, number>(sql).pluck();
    this.#localPost = first<[string]>(
      "SELECT id FROM temp.stage WHERE kind = 'post' AND local = ? ORDER BY n LIMIT 1",
    );
    this.#firstPost = first<[]>("SELECT id FROM posts WHERE gone IS NULL ORDER BY id LIMIT 1");
    const known = (table: string) => first<[string]>(`SELECT id FROM ${table} WHERE import_key = ?`);
    this.#known = { user: known("users"), post: known("posts"), comment: known("comments") };
    this.#userBy = first<[string]>("SELECT id FROM users WHERE email = ?");
    this.#user = db.prepare(`
      INSERT INTO users (name, name_key, email, profession, website, role, version, created_at, import_key)
      VALUES (:name, :nameKey, :email, :profession, :website, :role, CAST(unixepoch('subsec') * 1000 AS INTEGER), :createdAt,
        :importKey)`);
    this.#comment = db.prepare(`
      INSERT INTO comments (post, parent, depth, author, author_key, avatar, email, website, comment, html, text_hash,
        status, visible, version, created_at, import_key)
      VALUES (:post, :parent, :depth, :author, :authorKey, :avatar, :email, :website, :comment, :html, :textHash,
        'approved', 1, CAST(unixepoch('subsec') * 1000 AS INTEGER), :createdAt, :importKey)`);
  }

  run(): ImportReport {
    const count = this.#db.prepare<[], number>("SELECT count(*) FROM temp.stage").pluck();
    this.#total = count.get() ?? 0;
    const mark = this.#searchIndex.pause();
    this.#each("user", (row: Of<"user">) => this.#addUser(row));
    this.#each("post", (row: Of<"post">, n) => this.#addPost(row, n));
    this.#each("comment", (row: Of<"comment">, n) => this.#addThread(row, n));
    this.#refuseOrphans();
    if (this.#refused.length > 0 && !this.#options.keepGoing)
      throw new Undo("refused", { cause: this.#refused });
    this.#options.onProgress?.("index", 0, this.#created);
    this.#searchIndex.resume(mark);
    this.#recount();
    return { created: this.#created, known: this.#seen, refused: this.#refused, kept: true };
  }

  /** Chunk by chunk: a connection can't write while it iterates. */
  #each<K extends ImportRow["kind"]>(kind: K, add: (row: Of<K>, n: number) => void): void {
    for (let n = 0; ; ) {
      const rows = this.#next.all(kind, n);
      for (const staged of rows) {
        const row: Of<K> = JSON.parse(staged.row);
        add(row, staged.n);
        n = staged.n;
      }
      if (rows.length === 0) return;
    }
  }

  /** The id of a row that an earlier run brought (or of its equal, `same`), or of what `create` makes of it now. */
  #once(
    row: ImportRow,
    create: (importKey: string) => number,
    same?: number,
  ): { id: number; isNew: boolean } {
    const { source, knownFrom = [] } = this.#options;
    const importKey = `${source}:${row.key}`;
    const ours = [source, ...knownFrom].map((from) => this.#known[row.kind].get(`${from}:${row.key}`));
    const known = ours.find((id) => id) ?? same;
    if (known === undefined) this.#created++;
    else this.#seen++;
    this.#options.onProgress?.("store", this.#created + this.#seen, this.#total);
    return { id: known ?? create(importKey), isNew: known === undefined };
  }

  #addUser(row: Of<"user">): void {
    const same = row.email === null ? undefined : this.#userBy.get(row.email);
    this.#once(row, (importKey) => Number(this.#user.run({ ...row, importKey }).lastInsertRowid), same);
  }

  #addPost(row: Of<"post">, n: number): void {
    const same = row.page === null ? undefined : this.#places.find({ page: row.page })?.id;
    const { id } = this.#once(
      row,
      (importKey) => this.#places.create(true, { ...row, importKey }, row.createdAt),
      same,
    );
    this.#arrived.run(id, n);
  }

  /** A comment and, from a stack rather than by recursion, the replies that stood before it in the file. */
  #addThread(row: Of<"comment">, n: number): void {
    const stack: [Of<"comment">, number][] = [[row, n]];
    for (let top = stack.pop(); top; top = stack.pop()) {
      const [next, at] = top;
      if (!this.#addComment(next, at) || next.localId === null) continue;
      for (const waiting of this.#waiting.all(next.localId).reverse()) {
        if (waiting.n < n) stack.push([JSON.parse(waiting.row), waiting.n]);
      }
    }
  }

  /** False where its parent is still to come. */
  #addComment(row: Of<"comment">, n: number): boolean {
    const parent = row.parent === null ? null : this.#parent.get(row.parent);
    if (parent === undefined) return false;
    const post = row.post === null && parent ? parent.post : this.#findPost(row);
    if (post === undefined || (parent && parent.post !== post)) {
      this.#arrived.run(0, n);
      const reason =
        post === undefined
          ? `there is no post ${row.post ?? ""}`.trim()
          : "its parent belongs to another post";
      this.#refused.push({ line: row.line, reason });
      return false;
    }
    const { id, isNew } = this.#once(row, (importKey) => {
      const createdAt = parent && parent.created_at > row.createdAt ? parent.created_at : row.createdAt;
      const place = {
        post,
        parent: parent?.id ?? null,
        depth: parent ? parent.depth + 1 : 0,
        createdAt,
        importKey,
      };
      return Number(this.#comment.run({ ...row, ...place }).lastInsertRowid);
    });
    this.#arrived.run(id, n);
    if (isNew && parent) this.#visibility.tellParents(parent.id, 1);
    if (isNew) this.#perPost.set(post, (this.#perPost.get(post) ?? 0) + 1);
    return true;
  }

  #findPost({ post, page, createdAt }: Of<"comment">): number | undefined {
    const importKey = page && `${this.#options.source}:page:${page.page}`;
    if (page)
      return this.#places.find(page)?.id ?? this.#places.create(true, { ...page, importKey }, createdAt);
    if (post === null) return this.#firstPost.get();
    const local = this.#localPost.get(post);
    if (local) return local;
    return this.#places.find(/^\d+$/.test(post) ? { id: Number(post) } : { slug: post })?.id;
  }

  #refuseOrphans(): void {
    const orphans = this.#db.prepare<[], Staged>(
      "SELECT n, row FROM temp.stage WHERE kind = 'comment' AND id IS NULL ORDER BY n",
    );
    for (const { row } of orphans.all()) {
      const { line, parent }: Of<"comment"> = JSON.parse(row);
      this.#refused.push({ line, reason: `there is no comment ${parent} to reply to` });
    }
    this.#refused.sort((a, b) => a.line - b.line);
  }

  #recount(): void {
    const post = this.#db.prepare(
      `UPDATE posts SET comments = comments + ?, version = ${NEXT_VERSION} WHERE id = ?`,
    );
    let all = 0;
    for (const [id, n] of this.#perPost) {
      post.run(n, id);
      this.#herald.tellThread(id);
      all += n;
    }
    // People have a public profile each.
    if (this.#created > 0)
      this.#db.prepare(`UPDATE site SET comments = comments + ?, version = ${NEXT_VERSION}`).run(all);
  }
}
