import type { Statement } from "better-sqlite3";
import { type Found, type Hit, RANKED, type SearchQuery, SHOWN } from "@/db/port/search";
import type { Connection } from "@/db/sqlite/connection";
import { toMatch } from "@/db/sqlite/match";
import { POSTS_FROM } from "@/db/sqlite/schema/search";

type Kind = Hit["type"] | "all";
type Row = Hit & { total: number };

/** What the public can find, ranked. */
export class Search {
  readonly #connection: Connection;
  readonly #statements: Record<Kind, Statement<[object], Row>>;

  constructor(connection: Connection) {
    this.#connection = connection;
    const prepare = (kind: Kind) => connection.db.prepare<[object], Row>(searchSql(kind));
    this.#statements = { all: prepare("all"), post: prepare("post"), comment: prepare("comment") };
  }

  find = ({ q, type, limit, base }: SearchQuery): Promise<Found> =>
    this.#connection.readOne(() => {
      const rows = this.#statements[type ?? "all"].all({ match: toMatch(q), limit, base });
      return { total: rows[0]?.total ?? 0, hits: rows.map(({ total, ...hit }) => hit) };
    });
}

const PLACES: Record<Kind, string> = {
  all: "",
  post: `AND rowid > ${POSTS_FROM}`,
  comment: `AND rowid < ${POSTS_FROM}`,
};

/**
 * The statement of `Store.search`. The index gives matches from the highest place down, which is posts, then the
 * newest comments, and stops at the cap; only the rows of the answer are read. A word of a title weighs so much that
 * no length of the text behind it can take that away.
 */
export function searchSql(kind: Kind): string {
  return `
    WITH found AS MATERIALIZED (
      SELECT rowid AS place, bm25(search, 1000.0, 1.0) AS rank FROM search
      WHERE search MATCH :match ${PLACES[kind]} ORDER BY rowid DESC LIMIT ${RANKED}
    ), best AS MATERIALIZED (
      SELECT place, rank, count(*) OVER () AS total FROM found ORDER BY rank, place DESC LIMIT :limit + 0
    )
    SELECT b.total, iif(c.id IS NULL, 'post', 'comment') AS type, coalesce(c.id, p.id) AS id, p.id AS post, p.title,
      substr(coalesce(iif(c.id IS NULL, p.html, c.html), ''), 1, ${SHOWN}) AS html,
      concat(coalesce(p.url, concat(:base, '/posts/', p.slug)), '#comment-' || c.id) AS url
    FROM best b LEFT JOIN comments c ON c.id = b.place AND c.status = 'approved'
      JOIN posts p ON p.id = coalesce(c.post, b.place - ${POSTS_FROM}) AND p.listed = 1
    ORDER BY b.rank, b.place DESC`;
}
