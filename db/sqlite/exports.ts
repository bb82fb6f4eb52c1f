import type { Statement } from "better-sqlite3";
import type { ExportPart, ExportRow, Exports as Port } from "@/db/port/exports";
import type { Connection } from "@/db/sqlite/connection";

/** A piece of work: about a millisecond, and no more memory than this. */
const MOST_ROWS = 300;
const MOST_CHARACTERS = 256 * 1024;

interface Row {
  id: number;
  name: string;
  json: string;
  place: string | null;
}

/** SQL of a JSON object with this `type`; `members` name SQL. */
function object(type: string, members: Record<string, string>): string {
  const pairs = Object.entries(members).map(([name, sql]) => `'${name}', ${sql}`);
  return `json_object('type', '${type}', ${pairs.join(", ")})`;
}

const flag = (sql: string) => `json(iif(${sql}, 'true', 'false'))`;
const parsed = (sql: string) => `json(${sql})`;
/** Whoever leaves is nobody from the first moment. */
const user = (id: string) => `(SELECT u.id FROM users u WHERE u.id = ${id} AND u.leaving = 0)`;
/** A guest's vote stays, whose it was does not leave. */
const by = (name: string) => `iif(${name} GLOB 'user:*' OR ${name} GLOB 'role:*', ${name}, NULL)`;

const TRASH = `iif(t.comment_id IS NULL, NULL, json_object(
  'author', t.was ->> 'author', 'website', t.was ->> 'website', 'email', t.was ->> 'email', 'user', ${user("(t.was ->> 'user_id')")},
  'role', t.was ->> 'role', 'comment', t.was ->> 'comment', 'editedAt', t.was ->> 'edited_at', 'pinned', ${flag("t.was ->> 'pinned'")},
  'vetted', ${flag("coalesce(t.was ->> 'vetted', 0)")}, 'status', coalesce(t.was ->> 'status', 'approved'),
  'reasons', json(coalesce(t.was ->> 'held', '[]')), 'deletedAt', t.deleted_at))`;

/** Of comments of posts that are there. */
const NOT_GONE =
  "NOT EXISTS (SELECT 1 FROM posts p INDEXED BY posts_gone WHERE p.gone IS NOT NULL AND p.id = c.post)";

/** A statement for rows that go by their id. */
const byId = (table: string, json: string, where = "1", from = `${table} x`) => `
  SELECT x.id, '' AS name, ${json} AS json, NULL AS place
  FROM ${from} WHERE x.id > :id AND ${where} ORDER BY x.id LIMIT ${MOST_ROWS}`;

/** For rows of a comment that go by whose they are. */
const byVoter = (table: string, column: string, json: string) => `
  SELECT x.comment_id AS id, x.${column} AS name, ${json} AS json, NULL AS place FROM ${table} x
  WHERE (x.comment_id, x.${column}) > (:id, :name) AND x.comment_id <= :until
  ORDER BY x.comment_id, x.${column} LIMIT ${MOST_ROWS}`;

/** For rows that go by a name. */
const byName = (table: string, column: string, json: string, place = "NULL") => `
  SELECT 0 AS id, x.${column} AS name, ${json} AS json, ${place} AS place
  FROM ${table} x WHERE x.${column} > :name ORDER BY x.${column} LIMIT ${MOST_ROWS}`;

/** What each part is; binds :id, :name, :until. An allow-list: what is not named here never leaves. */
export const EXPORTS: Record<ExportPart, string> = {
  comments: `
    SELECT c.id, '' AS name, ${object("comment", {
      id: "c.id",
      post: "c.post",
      parent: "c.parent",
      author: "c.author",
      website: "c.website",
      email: "c.email",
      user: user("c.user_id"),
      role: "c.role",
      comment: "c.comment",
      status: "c.status",
      reasons: parsed("coalesce(c.held, '[]')"),
      pinned: flag("c.pinned"),
      vetted: flag("c.vetted"),
      createdAt: "c.created_at",
      editedAt: "c.edited_at",
      deletedBy: "c.deleted_by",
      importKey: "c.import_key",
      trash: TRASH,
    })} AS json, NULL AS place
    FROM comments c LEFT JOIN trash t ON t.comment_id = c.id
    WHERE c.id > :id AND c.id <= :until AND ${NOT_GONE} ORDER BY c.id LIMIT ${MOST_ROWS}`,
  edits: byId(
    "edits",
    object("edit", {
      id: "x.id",
      commentId: "x.comment_id",
      comment: "x.comment",
      author: "x.author",
      website: "x.website",
      by: "x.by",
      editedAt: "x.edited_at",
    }),
    "x.comment_id <= :until",
  ),
  votes: byVoter(
    "votes",
    "voter",
    object("vote", {
      comment: "x.comment_id",
      by: by("x.voter"),
      value: "x.value",
      votedAt: "x.voted_at",
    }),
  ),
  reports: byVoter(
    "reports",
    "reporter",
    object("report", {
      comment: "x.comment_id",
      by: by("x.reporter"),
      reason: "x.reason",
      note: "x.note",
      settled: "x.settled",
      reportedAt: "x.reported_at",
    }),
  ),
  posts: byId(
    "posts",
    object("post", {
      id: "x.id",
      slug: "x.slug",
      url: "x.url",
      title: "x.title",
      content: "x.content",
      author: "x.author",
      user: user("x.user_id"),
      category: "x.category",
      commentsOpen: flag("x.comments_open"),
      own: flag("x.own"),
      closing: "x.closing",
      createdAt: "x.created_at",
      updatedAt: "x.updated_at",
      importKey: "x.import_key",
    }),
    "x.gone IS NULL",
  ),
  aliases: byName(
    "aliases",
    "page",
    object("alias", { post: "x.post", url: "x.url", createdAt: "x.created_at" }),
  ),
  formerSlugs: byName("former_slugs", "slug", object("formerSlug", { slug: "x.slug", post: "x.post" })),
  formerIds: byId("former_ids", object("formerId", { id: "x.id", post: "x.post" })),
  users: byId(
    "users",
    object("user", {
      id: "x.id",
      name: "x.name",
      email: "x.email",
      profession: "x.profession",
      website: "x.website",
      role: "x.role",
      notify: "x.notify",
      createdAt: "x.created_at",
      importKey: "x.import_key",
    }),
    "x.leaving = 0",
  ),
  files: byId(
    "files",
    object("file", {
      id: "x.id",
      path: "x.path",
      filename: "x.filename",
      sha256: "x.sha256",
      user: user("x.user_id"),
      createdAt: "x.created_at",
    }),
  ),
  blobs: byName(
    "blobs",
    "sha256",
    object("blob", { sha256: "x.sha256", mediaType: "x.type", size: "x.size" }),
    "x.place",
  ),
  rules: byId(
    "rules",
    object("rule", {
      id: "x.id",
      rule: "x.kind",
      action: "x.action",
      max: "x.max",
      words: parsed("x.words"),
      pattern: "x.pattern",
      note: "x.note",
      createdAt: "x.created_at",
      expiresAt: "x.expires_at",
      deletedAt: "x.deleted_at",
    }),
  ),
  webhooks: byId(
    "webhooks",
    object("webhook", {
      id: "x.id",
      url: "x.url",
      format: "x.format",
      events: parsed("x.events"),
      active: flag("x.active"),
      disabled: "x.disabled",
      failingSince: "x.failing_since",
      createdAt: "x.created_at",
    }),
  ),
  audit: byId(
    "audit",
    object("audit", {
      id: "x.id",
      at: "x.at",
      user: "x.user_id",
      name: "x.name",
      role: "x.role",
      action: "x.action",
      subjectType: "x.type",
      subject: "x.subject",
      before: parsed("x.before"),
      after: parsed("x.after"),
      note: "x.note",
      undoes: "x.undoes",
    }),
  ),
};

/** Not of what proves who somebody is: that stays here, and a first start elsewhere makes its own. */
const LAST_IDS =
  "SELECT name, seq FROM sqlite_sequence WHERE name NOT IN ('tokens', 'sessions') ORDER BY name";

/** Reads all that can be restored, a small piece at a time, so that no snapshot is held and nobody waits. */
export class Exports implements Port {
  readonly #connection: Connection;
  readonly #parts = new Map<ExportPart, Statement<object, Row>>();
  readonly #lastComment: Statement<[], number>;
  readonly #lastIds: Statement<[], { name: string; seq: number }>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#lastComment = connection.db
      .prepare<[], number>("SELECT coalesce(max(id), 0) FROM comments")
      .pluck();
    this.#lastIds = connection.db.prepare(LAST_IDS);
  }

  lastComment: Port["lastComment"] = () => this.#connection.readOne(() => this.#lastComment.get() ?? 0);

  lastIds: Port["lastIds"] = () =>
    this.#connection.readOne(() =>
      Object.fromEntries(this.#lastIds.all().map(({ name, seq }) => [name, seq])),
    );

  read: Port["read"] = ({ part, after, until }) =>
    this.#connection.readOne(() => {
      const rows: ExportRow[] = [];
      let characters = 0;
      for (const { id, name, json, place } of this.#prepare(part).iterate({ ...after, until })) {
        rows.push({ key: { id, name }, json, place });
        characters += json.length;
        if (characters >= MOST_CHARACTERS) break;
      }
      return rows;
    });

  /** Few servers are ever asked for one. */
  #prepare(part: ExportPart): Statement<object, Row> {
    const statement = this.#parts.get(part) ?? this.#connection.db.prepare<object, Row>(EXPORTS[part]);
    this.#parts.set(part, statement);
    return statement;
  }
}
