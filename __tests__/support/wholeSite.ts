import Database from "better-sqlite3";
import type { Response, Test } from "supertest";
import { client } from "@/__tests__/support/client";
import { type MailServer, startMailServer } from "@/__tests__/support/mailServer";
import { linkToken, mailing } from "@/__tests__/support/mails";
import { addPerson, cookieOf, signIn } from "@/__tests__/support/people";
import { lettersTo, subscribe } from "@/__tests__/support/replies";
import { type Server, startServer } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";

/** Servers on which every page can be seen in all its states. */
export interface Site {
  /** Full of threads, with people, and with mail. */
  full: Server;
  /** Nobody has written anything; no mail is sent. */
  empty: Server;
  /** Its database has lost its posts. */
  broken: Server;
  /** Session cookies on the full one. */
  cookies: Record<"admin" | "member", string>;
  posts: Record<"talk" | "long" | "closed" | "nothing", { id: number; slug: string }>;
  comments: Record<"first" | "tombstone" | "deep", number>;
  /** Tokens of mailed links, by what they lead to. */
  tokens: Record<"approve" | "subscriptions" | "password" | "data" | "setup", string>;
  mail: MailServer;
}

/** Text with everything in it that a comment may have. */
const RICH = `# A heading

Some *words*, a [link](https://example.org/), \`code\` and ~~mistakes~~.

## Another heading

> Somebody said so.

\`\`\`js
${"const wide = 'so wide that it has to scroll'; ".repeat(4)}
\`\`\`

| one | two | three | four | five | six | seven | eight |
|-----|-----|-------|------|------|-----|-------|-------|
| a   | b   | c     | d    | e    | f   | g     | h     |

1. first
2. second

- ${"unbroken".repeat(12)}`;

export async function startSite(): Promise<Site> {
  const mail = await startMailServer();
  const first = await startServer({ SEED: "on", MODERATION: "open" });
  const env = { ...mailing(mail), PORT: new URL(first.url).port, PUBLIC_URL: first.url };
  const [full, empty, broken] = [await first.restart(env), await startServer(), await startServer()];
  new Database(broken.databaseFile).exec("ALTER TABLE posts RENAME TO gone").close();
  const [admin, member] = await Promise.all([
    addPerson(full, "admin", "Ada Admin"),
    addPerson(full, "member", "Mona Member"),
  ]);
  const [adminCookie, memberCookie] = await Promise.all(
    [admin, member].map(async ({ email }) => cookieOf(await signIn(full, email))),
  );
  const cookies = { admin: adminCookie ?? "", member: memberCookie ?? "" };
  const posts = await makePosts(full);
  const comments = await fill(full, posts, cookies);
  const tokens = await askLinks(full, mail, admin);
  const setup = /\/login\?setup=([\w-]+)/.exec(empty.logs())?.[1] ?? "";
  return { full, empty, broken, cookies, posts, comments, tokens: { ...tokens, setup }, mail };
}

/** What a server answers that takes it, at the latest once it has less to do. */
async function taken(ask: () => Test): Promise<Response> {
  let answer = await ask();
  await until(async () => {
    if (answer.status === 503) answer = await ask();
    return answer.status !== 503;
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${answer.text}`);
  return answer;
}

async function makePosts(server: Server): Promise<Site["posts"]> {
  const { post, admin } = client(() => server);
  const make = async (title: string, more: object = {}) => {
    const draft = { title, content: RICH, author: "Jane", ...more };
    const { body } = await taken(() => post("/api/posts", draft).set(...admin()));
    return { id: Number(body.id), slug: String(body.slug) };
  };
  return {
    talk: await make("A talk with everything in it"),
    long: await make("A thread that takes a while to read"),
    closed: await make("Nobody comments here any more", { category: "past" }),
    nothing: await make("Not a word yet"),
  };
}

async function fill(
  server: Server,
  { talk, long, closed }: Site["posts"],
  cookies: Site["cookies"],
): Promise<Site["comments"]> {
  const { comment, patch, put, delete: remove, admin } = client(() => server);
  const write = async (text: string, more: object = {}) => {
    const { body } = await taken(() => comment(text, { post: talk.id, author: "Ada", ...more }));
    return Number(body.id);
  };
  const first = await write(RICH, { website: "https://ada.example/" });
  await taken(() =>
    patch(`/api/comments/${talk.id}/${first}`)
      .set(...admin())
      .send({ pinned: true }),
  );
  let deep = first;
  for (let level = 1; level <= 8; level++)
    deep = await write(`Level ${level}`, {
      parent: deep,
      author: level === 4 ? "W".repeat(80) : `Reader ${level}`,
    });
  const tombstone = await write("Soon gone");
  await write("What did you say?", { parent: tombstone, author: null });
  await taken(() => remove(`/api/comments/${talk.id}/${tombstone}`).set(...admin()));
  for (const cookie of [cookies.admin, cookies.member]) {
    const { body } = await taken(() =>
      comment("By somebody with an account", { post: talk.id }).set({
        Cookie: cookie,
        "Sec-Fetch-Site": "same-origin",
      }),
    );
    await taken(() => put(`/api/comments/${talk.id}/${body.id}/vote`).send({ value: 1 }));
  }
  await write("أهلا وسهلا بكم في التعليقات", { author: "ليلى" });
  const many = Array.from({ length: 60 }, (_, n) =>
    write(`Comment ${n}`, { post: long.id, author: n % 3 === 0 ? null : `Reader ${n}` }),
  );
  await Promise.all(many);
  await write("The last word", { post: closed.id });
  await taken(() =>
    patch(`/api/posts/${closed.id}`)
      .set(...admin())
      .send({ commentsOpen: false }),
  );
  return { first, tombstone, deep };
}

async function askLinks(
  server: Server,
  mail: MailServer,
  admin: { id: number; email: string },
): Promise<Omit<Site["tokens"], "setup">> {
  const { comment, post, patch, admin: asAdmin } = client(() => server);
  const linkTo = async (address: string, path: string, count: number) => {
    const letters = await lettersTo(mail, address, count);
    const links = letters.map(({ text }) => new RegExp(`${path}\\?token=([\\w-]+)`).exec(text)?.[1]);
    return links.findLast((token) => token !== undefined) ?? "";
  };
  const reader = "reader@readers.example";
  await subscribe(server, mail, reader);
  await taken(() => post("/api/user/data", { email: reader }));
  await taken(() => post("/api/password-reset", { email: admin.email }));
  const held = (
    await taken(() => comment("Buy now at https://spam.example/", { post: 2, author: "Spammer" }))
  ).body;
  await taken(() =>
    patch(`/api/comments/2/${held.id}`)
      .set(...asAdmin())
      .send({ status: "pending" }),
  );
  const approve = { comment: held.id, user: admin.id, editedAt: null };
  return {
    approve: linkToken(server, { purpose: "approve", subject: approve, state: admin.email }),
    subscriptions: linkToken(server, { purpose: "replies-manage", subject: { reader: 1 }, state: reader }),
    data: await linkTo(reader, "/data", 2),
    password: await linkTo(admin.email, "/password", 1),
  };
}
