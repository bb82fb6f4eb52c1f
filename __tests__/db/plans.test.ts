import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import { addPost, listQuery, postRow, threadQuery, treeQuery } from "@/__tests__/db/contract/drafts";
import { openStore } from "@/db/open";
import type { Post, PostQuery } from "@/db/port/posts";
import { alarmsSql, listenerSql } from "@/db/sqlite/alarms";
import { pagesUnderSql } from "@/db/sqlite/aliases";
import { auditSql } from "@/db/sqlite/audit";
import { moderatorsSql } from "@/db/sqlite/bell";
import { DUE } from "@/db/sqlite/closing";
import { EXPORTS } from "@/db/sqlite/exports";
import { FILE_LIST } from "@/db/sqlite/files";
import { HOLDS, OF_GUEST } from "@/db/sqlite/guests";
import { MISSED, SINCE } from "@/db/sqlite/live";
import { lastSql as lastMailSql, recentSql, waitsSql } from "@/db/sqlite/mailbox";
import { mailClaimSql, mailDueSql, urgentClaimSql, urgentDueSql } from "@/db/sqlite/mails";
import { knownSql, queueSql } from "@/db/sqlite/moderation";
import { claimSql, dueSql, standSql } from "@/db/sqlite/outbox";
import { PERSONAL } from "@/db/sqlite/personal";
import { idOf } from "@/db/sqlite/places";
import { postListSql, TITLES } from "@/db/sqlite/posts";
import { lastSql } from "@/db/sqlite/postTrash";
import { searchSql } from "@/db/sqlite/search";
import { sessionListSql } from "@/db/sqlite/sessions";
import { candidatesSql, missedSql } from "@/db/sqlite/spreading";
import { subscriptionListSql, takenSql, takeSql, untoldSql, waitingSql } from "@/db/sqlite/subscriptions";
import { FORGET_NAMES, FORGET_POST } from "@/db/sqlite/sweep";
import { flatSql, listSql, PATH, pathRowsSql, topSql, treeSql } from "@/db/sqlite/threads";
import { tokenListSql } from "@/db/sqlite/tokens";
import { userListSql } from "@/db/sqlite/users";
import { deliveriesSql } from "@/db/sqlite/webhooks";
import type { CommentQuery, Sort, View } from "@/db/store";

const VIEWS: View[] = ["public", "own", "moderator"];
const SORTS: Sort[] = ["newest", "oldest", "top"];
const STATUSES: CommentQuery["status"][] = ["approved", "pending", "spam", "deleted"];
const AFTER = [undefined, { value: "2026-06-01T00:00:00.000Z", id: 1 }];

let folder = "";
let database: Database.Database;
let post: Post;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "antiphon-"));
  const file = join(folder, "antiphon.db");
  const store = openStore(`file:${file}`);
  post = await addPost(store, postRow("post"));
  await store.close();
  database = new Database(file);
});

afterAll(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

function planOf(sql: string): string[] {
  const bound = { post: 1, posts: "[]", author: "", match: "", since: "", until: "", value: "", id: 1 };
  const moderation = { network: "", textHash: "", except: 0, stoodSince: "", type: "", subject: 1 };
  const more = {
    name: "",
    limit: 1,
    base: "",
    link: "",
    parent: 1,
    ids: "[]",
    heads: "[]",
    steps: "[]",
    budget: 1,
    category: "",
    head: "",
    tail: "",
    key: "",
    until: "",
  };
  const hooks = { webhook: 1, now: "", most: 1, address: "", kind: "", told: 0, last: 1, mail: 0 };
  const people = { email: "", user: 1, at: "", idleSince: "", voter: "", after: 0 };
  const replies = { comment: 1, done: 0, part: 1, reader: 1, mail: 1, pace: "", undo: "" };
  return database
    .prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all({ ...bound, ...more, ...people, ...moderation, ...hooks, ...replies })
    .map(({ detail }) => detail);
}

/** Walked in the list's own order, and only until the page is full. */
const WALKS = [
  "SCAN c USING INDEX comments_score",
  "SCAN users USING INDEX users_time",
  "SCAN c USING INDEX comments_queue",
];
/** What reads a table row by row; k is what was asked for, t the tree so far, f the index of words, (…) a few rows found. */
const scans = (plan: string[]) =>
  plan.filter((step) => /^SCAN (?![ktf]\b|json_each|CONSTANT ROW|\()/.test(step) && !WALKS.includes(step));
const sorts = (plan: string[]) => plan.filter((step) => step.includes("USE TEMP B-TREE"));
/** The indexes that lead to rows, each once. */
const indexes = (plan: string[]) => [
  ...new Set(plan.map((step) => /USING (?:COVERING )?INDEX (\w+)/.exec(step)?.[1]).filter(Boolean)),
];
/** Whether a page behind a key begins at its id too, and not at the first of all rows that share its instant or score. */
const begins = (plan: string[]) =>
  plan.some((step) => /\b(created_at|score)=\? AND (id|rowid)[<>]\?/.test(step));

function* listQueries(): Generator<CommentQuery> {
  const some = <T>(value: T) => [undefined, value];
  for (const status of STATUSES)
    for (const sort of SORTS)
      for (const posts of [undefined, [1], [1, 2]])
        for (const author of some("ada"))
          for (const q of some("word"))
            for (const since of some("2026"))
              for (const until of some("2027"))
                for (const after of AFTER)
                  yield listQuery({ status, sort, posts, author, q, since, until, after });
}

/** Where a list may be sorted, and why. */
function excuse({ status, sort, posts, author, q }: CommentQuery): string | null {
  if (q !== undefined) return null;
  if (posts !== undefined && posts.length > 1) return "at most limit rows of each post, merged";
  if (sort !== "top") return null;
  if (status !== "approved") return "held comments have no votes, and only moderators ask for them";
  if (author !== undefined) return "one person's comments, found by the index of authors";
  return null;
}

describe("no list of comments reads a whole table", () => {
  it("or sorts what it need not, for any combination of filters", () => {
    let queries = 0;
    for (const query of listQueries()) {
      const plan = planOf(listSql(query));
      const told = { query, plan };
      expect({ ...told, scans: scans(plan) }).toEqual({ ...told, scans: [] });
      const wanted = excuse(query) === null ? [] : sorts(plan);
      expect({ ...told, sorts: sorts(plan) }).toEqual({ ...told, sorts: wanted });
      const paged =
        query.after !== undefined && query.q === undefined && (wanted.length === 0 || query.sort !== "top");
      if (paged) expect({ ...told, begins: begins(plan) }).toEqual({ ...told, begins: true });
      queries++;
    }
    expect(queries).toBe(4 * 3 * 3 * 2 ** 5);
  });

  it.each([
    ["all of them by time", { sort: "oldest" }, "comments_status"],
    ["all of them, newest first", { sort: "newest" }, "comments_status"],
    ["all of them, best first", { sort: "top" }, "comments_score"],
    ["a post's by time", { sort: "oldest", posts: [1] }, "comments_post_status"],
    ["a post's, best first", { sort: "top", posts: [1] }, "comments_post_score"],
    ["an author's", { sort: "newest", author: "ada" }, "comments_author"],
    ["those in a span of time", { sort: "oldest", since: "2026", until: "2027" }, "comments_status"],
  ] satisfies [string, Partial<CommentQuery>, string][])("%s: off the index for it", (_name, more, index) => {
    for (const after of AFTER) {
      for (const view of VIEWS) {
        const plan = planOf(listSql(listQuery({ ...more, after, view })));
        expect(indexes(plan)).toEqual([index]);
        expect(sorts(plan)).toEqual([]);
        expect(begins(plan)).toBe(after !== undefined);
      }
    }
  });

  it("several posts': each read off its own index, with no more of each than a page", () => {
    for (const sort of SORTS) {
      const plan = planOf(listSql(listQuery({ posts: [1, 2], sort })));
      expect(indexes(plan)).toEqual([sort === "top" ? "comments_post_score" : "comments_post_status"]);
    }
  });

  it("found by words: in the order of the index of words", () => {
    for (const sort of SORTS) {
      const plan = planOf(listSql(listQuery({ q: "word", sort })));
      expect(plan[0]).toMatch(/^SCAN f VIRTUAL TABLE/);
      expect(sorts(plan)).toEqual([]);
    }
  });

  // FTS5 seeks by the first bound of a kind, and steps over all that another one leaves out.
  it("found by words, behind a key: the index is entered there", () => {
    for (const status of STATUSES)
      for (const sort of SORTS) {
        const sql = listSql(listQuery({ q: "word", sort, status, after: AFTER[1] }));
        expect(sql.match(/f\.rowid [<>] /g)?.sort()).toEqual(
          [sort === "oldest" && "f.rowid > ", (sort !== "oldest" || status === "approved") && "f.rowid < "]
            .filter(Boolean)
            .sort(),
        );
      }
  });
});

describe("no thread reads more than it shows", () => {
  it.each(VIEWS)("flat, as %s", (view) => {
    for (const after of AFTER) {
      const plan = planOf(flatSql(threadQuery(post, { after, view })));
      expect(indexes(plan)).toEqual(["comments_thread"]);
      expect([...scans(plan), ...sorts(plan)]).toEqual([]);
      expect(begins(plan)).toBe(after !== undefined);
    }
  });

  it.each(SORTS)("the heads of a tree, sorted by %s", (sort) => {
    for (const after of AFTER) {
      const plan = planOf(topSql(treeQuery(post, { sort, after })));
      expect(indexes(plan)).toEqual([sort === "top" ? "comments_top_level_score" : "comments_siblings"]);
      expect([...scans(plan), ...sorts(plan)]).toEqual([]);
      expect(begins(plan)).toBe(after !== undefined);
    }
  });

  it.each(SORTS)("the replies of one comment, sorted by %s", (sort) => {
    for (const after of AFTER) {
      const plan = planOf(topSql(treeQuery(post, { sort, after, parent: 1 })));
      expect(scans(plan)).toEqual([]);
      // Best first is the one that sorts: the replies of one comment, and nobody's first page.
      if (sort !== "top") expect([...sorts(plan), begins(plan)]).toEqual([after !== undefined]);
      else expect(indexes(plan)).toEqual(["comments_siblings"]);
    }
  });

  it.each(VIEWS)("the tree below, as %s: siblings off their index, sorted only within the answer", (view) => {
    const plan = planOf(treeSql(view));
    expect(indexes(plan).sort()).toEqual(["comments_siblings", "comments_thread"]);
    expect(scans(plan)).toEqual([]);
    expect(sorts(plan)).toEqual(["USE TEMP B-TREE FOR ORDER BY"]);
  });

  it("the way up from a comment, and what of it an answer lacks", () => {
    for (const sql of [PATH, ...VIEWS.map(pathRowsSql)]) {
      const plan = planOf(sql);
      expect(scans(plan)).toEqual([]);
      expect(
        plan.some((step) =>
          /^SEARCH c USING (INTEGER PRIMARY KEY|COVERING INDEX comments_thread)/.test(step),
        ),
      ).toBe(true);
    }
  });

  it("for everybody, off indexes and cards alone: rows of one thread are a page of the file each", () => {
    const found = AFTER.flatMap((after) => [
      flatSql(threadQuery(post, { after })),
      ...SORTS.map((sort) => topSql(treeQuery(post, { sort, after }))),
    ]);
    for (const sql of [...found, treeSql("public"), pathRowsSql("public")]) {
      const read = planOf(sql).filter((step) => /^SEARCH [crs] /.test(step));
      expect(read.length).toBeGreaterThan(0);
      expect(read.filter((step) => !step.includes("USING COVERING INDEX"))).toEqual([]);
    }
  });
});

describe("no list of posts reads a whole table", () => {
  const queries: [string, Omit<PostQuery, "limit">, string | undefined][] = [
    ["all of them", {}, "posts_time"],
    ["an author's", { author: "jane" }, "posts_author"],
    ["a category's", { category: "shoes" }, "posts_category"],
    ["found by words", { q: "word" }, undefined],
    ["an author's found by words", { q: "word", author: "jane", category: "shoes" }, undefined],
  ];

  it.each(queries)("%s: in the order of its index", (_name, query, index) => {
    for (const after of AFTER) {
      const plan = planOf(postListSql({ ...query, after, limit: 10 }));
      expect(indexes(plan)).toEqual(index === undefined ? [] : [index]);
      expect([...scans(plan), ...sorts(plan)]).toEqual([]);
      expect(begins(plan)).toBe(after !== undefined && index !== undefined);
    }
  });

  it("an author's in a category: off either index", () => {
    const plan = planOf(postListSql({ author: "jane", category: "shoes", limit: 10 }));
    expect(["posts_author", "posts_category"]).toContain(indexes(plan)[0]);
    expect([...scans(plan), ...sorts(plan)]).toEqual([]);
  });
});

describe("a search reads the index of words and then no more than it shows", () => {
  it.each(["all", "post", "comment"] as const)("among %s", (kind) => {
    const plan = planOf(searchSql(kind));
    // In the index's own order (192: falling), so that it stops at the cap; a place bounds it where one kind is wanted.
    const bound = { all: "", post: ">", comment: "<" }[kind];
    expect(plan).toContain(`SCAN search VIRTUAL TABLE INDEX 192:M2${bound}`);
    expect(plan.filter((step) => /^SCAN (?!search|found|b$|\(subquery)/.test(step))).toEqual([]);
    expect(sorts(plan)).toHaveLength(1);
    expect(plan.filter((step) => step.startsWith("SEARCH"))).toEqual([
      expect.stringMatching(/^SEARCH c USING INTEGER PRIMARY KEY/),
      expect.stringMatching(/^SEARCH p USING INTEGER PRIMARY KEY/),
    ]);
  });
});

it("a person's sessions are read off their index, in its order", () => {
  const plan = planOf(sessionListSql);
  expect(indexes(plan)).toEqual(["sessions_user"]);
  expect([...scans(plan), ...sorts(plan)]).toEqual([]);
});

describe("a post is found by any of its names", () => {
  it.each(["id", "slug", "page"] as const)(
    "as its %s, and as a former one or an alias, by indexes alone",
    (kind) => {
      const plan = planOf(`SELECT 1 FROM posts p WHERE p.id = ${idOf[kind](":value")}`);
      expect([...scans(plan), ...sorts(plan)]).toEqual([]);
      expect(plan.filter((step) => step.startsWith("SEARCH"))).toHaveLength(kind === "id" ? 2 : 3);
    },
  );

  it("and pages by their beginning", () => {
    const plan = planOf(pagesUnderSql());
    expect(scans(plan).filter((step) => !step.includes("SUBQUERY") && !step.includes("subquery"))).toEqual(
      [],
    );
    expect(indexes(plan)).toEqual(expect.arrayContaining(["sqlite_autoindex_posts_2"]));
  });
});

describe("an export reads each part in the order of its key, from where it stopped", () => {
  it.each(Object.entries(EXPORTS))("%s", (_part, sql) => {
    const plan = planOf(sql);
    expect([...scans(plan), ...sorts(plan)]).toEqual([]);
    expect(plan[0]).toMatch(
      /^SEARCH \w USING (INTEGER )?PRIMARY KEY \((rowid>\?|\(comment_id,\w+\)>|\w+>\?)/,
    );
  });
});

describe("what is due is found without looking at what is not", () => {
  it("of what others call their posts: only of posts that are gone", () => {
    expect(indexes(planOf(FORGET_POST)).sort()).toEqual(["deletions_age", "hook_posts_post"]);
    expect(scans(planOf(FORGET_POST))).toEqual([]);
    expect(indexes(planOf(FORGET_NAMES))).toEqual(["hook_posts_post"]);
    expect(scans(planOf(FORGET_NAMES))).toEqual([]);
  });

  it("of deliveries: each webhook's own, off the index of those that wait", () => {
    const due = planOf(dueSql);
    expect(indexes(due)).toEqual(["deliveries_due"]);
    // Every webhook is looked at, and there are fifty at most.
    expect(scans(due)).toEqual(["SCAN w"]);
    const stand = planOf(standSql);
    expect(indexes(stand)).toEqual(["deliveries_due"]);
    expect([scans(stand), sorts(stand)]).toEqual([["SCAN w"], []]);
    const claim = planOf(claimSql);
    expect(indexes(claim)).toEqual(["deliveries_due"]);
    expect([...scans(claim), ...sorts(claim)]).toEqual([]);
  });

  it("of messages: off the index of those that wait, in the order of time", () => {
    for (const sql of [mailDueSql, mailClaimSql]) {
      const plan = planOf(sql);
      expect(indexes(plan)).toEqual(["mails_due"]);
      expect([...scans(plan), ...sorts(plan)]).toEqual([]);
    }
    for (const sql of [urgentDueSql, urgentClaimSql]) {
      const plan = planOf(sql);
      expect(indexes(plan)).toEqual(["mails_urgent"]);
      expect([...scans(plan), ...sorts(plan)]).toEqual([]);
    }
  });

  it("of comments that moderators are to hear of: off the moderators, and the alarms behind the last", () => {
    expect(indexes(planOf(moderatorsSql))).toEqual(["users_moderators"]);
    expect(sorts(planOf(moderatorsSql))).toEqual([]);
    const waiting = planOf(alarmsSql);
    expect([...scans(waiting), ...sorts(waiting)]).toEqual([]);
    expect(planOf(listenerSql).filter((line) => /^SCAN (mails|users|m|u)\b/.test(line))).toEqual([]);
  });

  it("of events behind one that is known: those alone, in their order", () => {
    for (const sql of [SINCE, MISSED]) {
      const plan = planOf(sql);
      expect([...scans(plan), ...sorts(plan)]).toEqual([]);
    }
  });

  it("of messages of a key, or to somebody, off an index of their own", () => {
    for (const [sql, index] of [
      [waitsSql, "mails_key"],
      [lastMailSql, "mails_key"],
      [recentSql("user"), "mails_user"],
      [recentSql("address"), "mails_address"],
    ] as const) {
      expect(indexes(planOf(sql))).toEqual([index]);
      expect(planOf(sql).filter((line) => /^SCAN mails/.test(line))).toEqual([]);
    }
  });

  it("of subscriptions: those of a reader, a thread or a comment, and what is untold, off indexes of their own", () => {
    for (const [sql, found] of [
      [candidatesSql, ["subscriptions_post", "sqlite_autoindex_subscriptions_1"]],
      [missedSql, ["comments_parent", "comments_post_status"]],
      [subscriptionListSql, ["subscriptions_reader"]],
      [waitingSql, ["subscriptions_reader"]],
      [untoldSql, ["notices_untold"]],
      [takeSql, ["notices_untold"]],
      [takenSql, []],
    ] as const) {
      const plan = planOf(sql.replaceAll("?", ":id"));
      expect(indexes(plan)).toEqual(expect.arrayContaining([...found]));
      expect(
        scans(plan).filter((line) =>
          /(SCAN (n|c|r|own|comments|subscriptions|notices|readers)|AUTOMATIC)\b/.test(line),
        ),
      ).toEqual([]);
    }
  });

  it("of the log of deliveries: a webhook's own, in its order", () => {
    const plan = planOf(deliveriesSql);
    expect(indexes(plan)).toEqual(["deliveries_webhook"]);
    expect([...scans(plan), ...sorts(plan)]).toEqual([]);
  });

  it("of posts to be closed or opened by their age", () => {
    for (const [due, index] of [
      [DUE.close, "posts_age_open"],
      [DUE.open, "posts_age_closed"],
    ] as const)
      expect(indexes(planOf(`SELECT id FROM posts WHERE ${due} LIMIT 1`))).toEqual([index]);
  });

  it("of the last comments of a post that is deleted", () => {
    const plan = planOf(lastSql());
    expect(new Set(indexes(plan))).toEqual(new Set(["comments_post_status"]));
    expect(scans(plan).filter((step) => !/subquery/i.test(step))).toEqual([]);
  });
});

it.each([
  ["people", userListSql, "users_time"],
  ["a person's tokens", tokenListSql, "tokens_user"],
])("%s are read off their index, in its order", (_name, sql, index) => {
  for (const more of [false, true]) {
    const plan = planOf(sql(more));
    expect(indexes(plan)).toEqual([index]);
    expect([...scans(plan), ...sorts(plan)]).toEqual([]);
    expect(begins(plan)).toBe(more);
  }
});

it("titles of posts: each found by its id", () => {
  const plan = planOf(TITLES.replace("?", ":ids"));
  expect(scans(plan).filter((step) => !/VIRTUAL TABLE/.test(step))).toEqual([]);
});

it.each(Object.entries(PERSONAL))("%s of a person: found by an index, none of others'", (_part, sql) => {
  expect(scans(planOf(sql))).toEqual([]);
});

describe("what is held of a guest is found by the address", () => {
  it("whether there is anything", () => {
    const plan = planOf(HOLDS);
    expect(indexes(plan)).toEqual(["comments_email", "trash_email", "trashed_rows_email"]);
    expect(scans(plan)).toEqual([]);
  });

  it.each([
    ["comments", ["comments_email"]],
    ["deletedComments", ["trash_email"]],
    ["subscriptions", ["sqlite_autoindex_readers_2", "subscriptions_reader"]],
    ["mails", ["mails_address"]],
  ] as const)("%s", (part, wanted) => {
    const plan = planOf(OF_GUEST[part]);
    expect(indexes(plan)).toEqual(expect.arrayContaining([...wanted]));
    expect(scans(plan)).toEqual([]);
  });
});

describe("no list of files reads a whole table", () => {
  it("a user's: off the index for it", () => {
    const plan = planOf(FILE_LIST);
    expect(indexes(plan)[0]).toBe("files_user");
    expect([...scans(plan), ...sorts(plan)]).toEqual([]);
  });
});

describe("what moderators read is off an index", () => {
  it.each(["first", "next"] as const)("the queue, its %s page", (page) => {
    const plan = planOf(queueSql(page));
    expect(indexes(plan)).toEqual(["comments_queue"]);
    expect([...scans(plan), ...sorts(plan)]).toEqual([]);
    expect(begins(plan)).toBe(page === "next");
  });

  it.each([
    ["all", []],
    ["type", ["audit_type"]],
    ["subject", ["audit_subject"]],
  ] as const)("the audit log: %s", (filter, wanted) => {
    const plan = planOf(auditSql(filter));
    expect(plan.join()).toMatch(/SEARCH a USING/);
    expect(indexes(plan).filter((name) => name !== "audit_undoes")).toEqual(wanted);
    expect([...scans(plan), ...sorts(plan)]).toEqual([]);
  });

  it.each([
    ["user", "user_id=?"],
    ["network", "network=? AND user_id=?"],
  ] as const)("what is known of an author, by %s, however much they wrote", (who, author) => {
    const plan = planOf(knownSql(who));
    const status = who === "user" ? "comments_user_status" : "comments_network";
    expect(plan.filter((step) => step.startsWith("SEARCH")).sort()).toEqual(
      [
        `SEARCH comments USING COVERING INDEX ${status} (${author} AND status=?)`,
        `SEARCH comments USING COVERING INDEX ${status} (${author} AND status=?)`,
        `SEARCH comments USING INDEX ${status} (${author} AND status=? AND created_at<?)`,
        `SEARCH comments USING INDEX comments_${who}_vetted (${author})`,
        "SEARCH comments USING COVERING INDEX comments_text (text_hash=?)",
        "SEARCH site USING INTEGER PRIMARY KEY (rowid=?)",
      ].sort(),
    );
    expect(scans(plan)).toEqual([]);
  });
});

describe("what a deletion has to look for is found by an index", () => {
  it.each([
    ["comments", "post"],
    ["comments", "parent"],
    ["comments", "user_id"],
    ["posts", "user_id"],
    ["edits", "comment_id"],
    ["trash", "comment_id"],
    ["votes", "comment_id"],
    ["reports", "comment_id"],
    ["idempotency_keys", "comment_id"],
    ["aliases", "post"],
    ["former_slugs", "post"],
    ["former_ids", "post"],
    ["hook_posts", "post"],
    ["trashed_rows", "audit_id"],
    ["sessions", "user_id"],
    ["tokens", "user_id"],
    ["trash", "was ->> 'user_id'"],
    ["votes", "voter GLOB 'user:*' AND voter"],
    ["reports", "reporter GLOB 'user:*' AND reporter"],
    ["audit", "user_id"],
    ["audit", "type = 'post' AND before ->> 'author'"],
    ["audit", "type = 'post' AND after ->> 'author'"],
    ["files", "user_id"],
    ["files", "sha256"],
    ["deliveries", "event"],
    ["deliveries", "webhook"],
    ["events", "at < :until AND id"],
  ])("%s.%s", (table, column) => {
    expect(scans(planOf(`SELECT 1 FROM ${table} WHERE ${column} = :id`))).toEqual([]);
  });
});

it("no LIMIT is a bare parameter: SQLite would prepare the statement anew each time that one is bound", async () => {
  const folder = join(__dirname, "..", "..", "db", "sqlite");
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const bare = texts.flatMap((text) => text.match(/LIMIT [:?]\w*(?! ?[\w+])/g) ?? []);
  expect({ read: texts.length > 20, bare }).toEqual({ read: true, bare: [] });
});
