import type { Statement } from "better-sqlite3";
import type { Key, Page } from "@/db/port/base";
import type { Connection } from "@/db/sqlite/connection";
import { type Order, pageSql } from "@/db/sqlite/keyset";
import { toMatch } from "@/db/sqlite/match";
import { IN_THREAD, JSON_OF } from "@/db/sqlite/projection";
import { POSTS_FROM } from "@/db/sqlite/schema/search";
import type { CommentQuery, Row, Sort, Store, ThreadQuery, TreeQuery, TreeRow, View } from "@/db/store";

const PLACE = "c.id, c.created_at, c.score";

/** What these statements return, as arrays: making an object of each row costs as much as finding it. */
type Columns = [
  id: number,
  createdAt: string,
  score: number,
  json: string,
  parent: number | null,
  replies: number,
];

/** A comment on the way from the top level down to another. */
type Step = [id: number, createdAt: string, score: number];

const ORDERS: Record<Sort, Order> = {
  oldest: { table: "c", column: "created_at", direction: "ASC" },
  newest: { table: "c", column: "created_at", direction: "DESC" },
  top: { table: "c", column: "score", direction: "DESC" },
};

/** Every way to read many comments. */
export class Threads {
  readonly #connection: Connection;
  readonly #statements = new Map<string, Statement<[object], Columns>>();
  readonly #flat = new Map<string, Statement<[object], [json: Buffer, ends: string]>>();
  readonly #path: Statement<[object], Step>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#path = connection.db.prepare<[object], Step>(PATH).raw();
  }

  list: Store["comments"]["list"] = (query) =>
    this.#connection.readOne(() =>
      toPage(this.#prepare(listSql(query)).all({ ...filters(query), ...keyset(query) }), query.limit),
    );

  flat: Store["comments"]["flat"] = (query, head, tail) =>
    this.#connection.readOne(() => {
      const { post, after, limit } = query;
      const bound = {
        post: post.id,
        link: linkOf(query),
        value: after?.value,
        id: after?.id,
        limit,
        head,
        tail,
      };
      const found = this.#prepareFlat(query).get(bound);
      const [json, ends] = found ?? [Buffer.alloc(0), ""];
      const [last = "", beyond] = ends.split(",");
      const [value = "", id] = last.split(" ");
      return { json, next: beyond === undefined ? null : { value, id: Number(id) } };
    });

  tree: Store["comments"]["tree"] = (query) =>
    this.#connection.read(() => {
      const { post, parent, limit, view, budget, at } = query;
      const path = at === undefined ? [] : this.#path.all({ post: post.id, at });
      const [root] = path;
      const page = root ? { ...query, after: before(query.sort, root) } : query;
      const top = this.#prepare(topSql(page)).all({ post: post.id, parent, ...keyset(page) });
      const more = cut(top, limit);
      const below = { post: post.id, link: linkOf(query), heads: toPlaces(top), budget };
      const found = this.#prepare(treeSql(view)).all(below);
      const rows = found.map((columns) => toTreeRow(columns, false));
      if (path.length <= budget - top.length) rows.push(...this.#findMissing(query, rows, path));
      return { rows, more, top: top.length };
    });

  /** What is missing of `path` in `rows`, whose end makes room for it within the budget. */
  #findMissing(query: TreeQuery, rows: TreeRow[], path: Step[]): TreeRow[] {
    const steps = new Set(path.map(([id]) => id));
    const wanted = new Set(steps);
    for (const { id } of rows) wanted.delete(id);
    while (rows.length + wanted.size > query.budget) {
      const id = rows.pop()?.id;
      if (id !== undefined && steps.has(id)) wanted.add(id);
    }
    if (wanted.size === 0) return [];
    const lacking = toPlaces(path.filter(([id]) => wanted.has(id)));
    return this.#prepare(pathRowsSql(query.view))
      .all({ post: query.post.id, link: linkOf(query), steps: lacking })
      .map((columns) => toTreeRow(columns, true));
  }

  /** The text of a statement names it; there are as many as there are combinations of filters. */
  #prepare(sql: string): Statement<[object], Columns> {
    const statement = this.#statements.get(sql) ?? this.#connection.db.prepare<[object], Columns>(sql).raw();
    this.#statements.set(sql, statement);
    return statement;
  }

  /** The hottest of all: what its statement depends on names it, which is shorter than its text. */
  #prepareFlat(query: ThreadQuery) {
    const name = `${query.view} ${query.after !== undefined}`;
    const statement =
      this.#flat.get(name) ??
      this.#connection.db.prepare<[object], [json: Buffer, ends: string]>(flatSql(query)).raw();
    this.#flat.set(name, statement);
    return statement;
  }
}

function toRow([id, createdAt, score, json]: Columns): Row {
  return { id, createdAt, score, json };
}

function toTreeRow([id, createdAt, score, json, parent, replies]: Columns, apart: boolean): TreeRow {
  return { id, createdAt, score, json, parent, replies, apart };
}

/** The key right before a comment, in that order: a page behind it begins with that comment. */
function before(sort: Sort, [id, createdAt, score]: Step): Key {
  return { value: sort === "top" ? score : createdAt, id: sort === "oldest" ? id - 1 : id + 1 };
}

function toPage(found: Columns[], limit: number): Page<Row> {
  const more = cut(found, limit);
  return { rows: found.map(toRow), more };
}

/** Where comments stand in the index of threads, as JSON. */
function toPlaces(found: readonly (readonly [id: number, createdAt: string, ...unknown[]])[]): string {
  return JSON.stringify(found.map(([id, createdAt]) => [id, createdAt]));
}

/** Takes off what is beyond the page, and tells whether anything was. */
function cut(found: unknown[], limit: number): boolean {
  const more = found.length > limit;
  if (more) found.length = limit;
  return more;
}

function filters({ posts, author, q, since, until }: CommentQuery) {
  const match = q === undefined ? undefined : toMatch(q);
  return { post: posts?.[0], posts: JSON.stringify([...new Set(posts)]), author, match, since, until };
}

/** The address of the post's page. */
function linkOf({ post, base }: ThreadQuery): string {
  return post.url ?? `${base}/posts/${post.slug}`;
}

function keyset(query: { after?: Key; limit: number; base: string }) {
  return { value: query.after?.value, id: query.after?.id, limit: query.limit + 1, base: query.base };
}

function all(clauses: (string | false | undefined)[]): string {
  return clauses.filter((clause) => typeof clause === "string").join(" AND ");
}

/** The statement of `Store.comments.list`. The status is written out (it comes from a closed set), so that the partial indexes apply. */
export function listSql(query: CommentQuery): string {
  const wanted = [
    `c.status = '${query.status}'`,
    query.author !== undefined && "c.author_key = :author",
    query.since !== undefined && "c.created_at >= :since",
    query.until !== undefined && "c.created_at < :until",
    // Of a large post that was deleted some are still on their way out.
    query.posts === undefined && "p.gone IS NULL",
  ];
  const select = `SELECT ${PLACE}, ${JSON_OF[query.view]} AS json`;
  // SQLite takes the equality on status for narrower than it is, and would sort all that is approved.
  const byScore = query.sort === "top" && query.status === "approved" && query.author === undefined;
  const index = byScore ? `INDEXED BY comments_${query.posts ? "post_" : ""}score` : "";
  const several = query.posts !== undefined && query.posts.length !== 1;
  if (query.q !== undefined) {
    // Matches come in the order of their ids; sorting them all by time would cost as much as there are matches.
    const [direction, after] = query.sort === "oldest" ? ["ASC", ">"] : ["DESC", "<"];
    const words = query.status === "approved" ? "search" : "held_words";
    const behind = query.after !== undefined && `f.rowid ${after} :id`;
    const where = all([
      `${words} MATCH :match`,
      behind,
      // Posts stand behind all comments there. One upper bound alone: FTS5 seeks by the first, and steps over the rest.
      words === "search" && !(behind && after === "<") && `f.rowid < ${POSTS_FROM}`,
      ...wanted,
      query.posts !== undefined && "c.post IN (SELECT value FROM json_each(:posts))",
    ]);
    return `${select} FROM ${words} f CROSS JOIN comments c ON c.id = f.rowid JOIN posts p ON p.id = c.post
      WHERE ${where} ORDER BY f.rowid ${direction} LIMIT :limit + 0`;
  }
  const order = ORDERS[query.sort];
  const behind = query.after !== undefined;
  if (several) {
    // At most :limit of each post, each read off its index, and only those sorted. The + keeps SQLite from asking twice.
    const ofOne = pageSql(
      order,
      behind,
      (end) =>
        `SELECT ${PLACE} FROM comments c ${index} WHERE ${all(["c.post = k.value", ...wanted])} ${end}`,
    );
    const by = `ORDER BY c.${order.column} ${order.direction}, c.id ${order.direction} LIMIT :limit + 0`;
    return `${select} FROM json_each(:posts) k CROSS JOIN comments o ON o.id IN (SELECT id FROM (${ofOne}))
      JOIN comments c ON c.id = +o.id JOIN posts p ON p.id = c.post ${by}`;
  }
  const where = all([query.posts !== undefined && "c.post = :post", ...wanted]);
  return pageSql(
    order,
    behind,
    (end) => `${select} FROM comments c ${index} JOIN posts p ON p.id = c.post WHERE ${where} ${end}`,
  );
}

/**
 * The statement of `Store.comments.flat`: one row for all comments, which costs half of a row for each; and the places
 * of the last one and of the one behind it, off the index. As bytes: a text with one letter beyond Latin-1 in it would be
 * widened to UTF-16 for JavaScript, only to be UTF-8 again on its way out. With the head and the tail of the answer, or
 * its bytes would be copied once more.
 */
export function flatSql({ after, view }: ThreadQuery): string {
  const { from, json } = IN_THREAD[view];
  const shown = inThread(after, `c.created_at, c.id, ${json} AS json`, from);
  const ends = inThread(after, "c.created_at, c.id", "comments c", "2 OFFSET :limit - 1");
  return `SELECT CAST(concat(:head, (SELECT group_concat(json) FROM (${shown})), :tail) AS BLOB),
    (SELECT coalesce(group_concat(concat(created_at, ' ', id)), '') FROM (${ends}))`;
}

function inThread(after: Key | undefined, columns: string, from: string, limit?: string): string {
  const select = `SELECT ${columns} FROM ${from} WHERE c.post = :post AND c.visible = 1`;
  return pageSql(ORDERS.oldest, after !== undefined, (end) => `${select} ${end}`, limit);
}

/** The first statement of `Store.comments.tree`: the page of those that head it. */
export function topSql({ sort, parent, after }: TreeQuery): string {
  const byScore = sort === "top" && parent === null;
  // Named, or SQLite would take the index of threads, which holds all that is wanted, and read it whole.
  const index = byScore ? "comments_top_level_score" : "comments_siblings";
  // The score stands in no index by time.
  const columns = sort === "top" ? PLACE : "c.id, c.created_at";
  const heads = `c.post = :post AND ${parent === null ? "c.parent IS NULL" : "c.parent = :parent"} AND c.visible = 1`;
  return pageSql(
    ORDERS[sort],
    after !== undefined,
    (end) => `SELECT ${columns} FROM comments c INDEXED BY ${index} WHERE ${heads} ${end}`,
  );
}

/**
 * The second statement of `Store.comments.tree`: all that hangs below the heads. Breadth first and oldest first, so that
 * whatever the budget cuts off, parents are there before their replies and siblings are missing only from the end. A node
 * queues no more children than the budget can hold.
 */
export function treeSql(view: View): string {
  const { from, json } = IN_THREAD[view];
  return `
    WITH RECURSIVE tree (level, place, id, created_at) AS (
      SELECT 0, printf('%08d', key), value ->> 0, value ->> 1 FROM json_each(:heads)
      UNION ALL
      SELECT t.level + 1, r.created_at, r.id, r.created_at
      FROM tree t CROSS JOIN comments r INDEXED BY comments_thread
      WHERE r.post = :post AND r.visible = 1 AND (r.created_at, r.id) IN (
        SELECT s.created_at, s.id FROM comments s WHERE s.post = :post AND s.parent = t.id AND s.visible = 1
        ORDER BY s.created_at, s.id LIMIT :budget + 0)
      ORDER BY 1, 2, 3 LIMIT :budget + 0
    )
    SELECT ${PLACE}, ${json} AS json, c.parent, c.replies
    FROM tree t CROSS JOIN ${from}
    WHERE c.post = :post AND c.visible = 1 AND c.created_at = t.created_at AND c.id = t.id
    ORDER BY t.level, t.place, t.id`;
}

/** The way to a comment that readers see on the post, from the top level down; nothing for any other. */
export const PATH = `
  WITH RECURSIVE up (level, id, parent) AS (
    SELECT 0, id, parent FROM comments WHERE id = :at AND post = :post AND visible = 1
    UNION ALL
    SELECT t.level + 1, c.id, c.parent FROM up t CROSS JOIN comments c ON c.id = t.parent
  )
  SELECT ${PLACE} FROM up t CROSS JOIN comments c ON c.id = t.id ORDER BY t.level DESC`;

/** The statement that completes `Store.comments.tree` with some of that way. */
export function pathRowsSql(view: View): string {
  const { from, json } = IN_THREAD[view];
  return `SELECT ${PLACE}, ${json} AS json, c.parent, c.replies
    FROM json_each(:steps) k CROSS JOIN ${from}
    WHERE c.post = :post AND c.visible = 1 AND c.created_at = k.value ->> 1 AND c.id = k.value ->> 0 ORDER BY k.key`;
}
