import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Test } from "supertest";
import { operations } from "@/lib/operations";
import { bearer, client } from "../support/client";
import { addSignedIn } from "../support/people";
import { type Server, startServer } from "../support/server";

/**
 * Who may do what: every operation of the API, as everybody. `reader` holds an admin's token that may only read;
 * `guest` the edit token of the comment in question where it is a guest's, `stranger` that of another comment.
 */
const CALLERS = [
  "nobody",
  "stranger",
  "guest",
  "member",
  "author",
  "moderator",
  "admin",
  "reader",
  "ADMIN_TOKEN",
] as const;
type Caller = (typeof CALLERS)[number];

const ROLES = ["member", "author", "moderator", "admin"] as const;
type Role = (typeof ROLES)[number];

interface Person {
  id: number;
  token: string;
}

interface Asked {
  path: string;
  body?: object | undefined;
  /** A file to be sent: field, content, name. */
  file?: [string, Buffer, string];
  /** In place of the caller's own, where the call ends what they are. */
  token?: string;
}

interface Situation {
  /** Whose the thing is, or what else tells it from the other situations of the operation. */
  when: string;
  /** What is called, on things made for this call alone. `caller`, `role`: who calls, if it is a person. */
  make: (caller: Person | null, role: Role | null) => Promise<Asked>;
  /** The status that each caller gets, in the order of CALLERS. */
  expected: number[];
}

let server: Server;
const { post, admin, ...http } = client(() => server);
const people: Partial<Record<Caller, Person>> = {};
/** Of the comment that was made last. */
let editToken = "";
let strangersToken = "";

async function join(role: Role): Promise<Person> {
  const { id, browser } = await addSignedIn(server, role, `${role} ${randomUUID()}`);
  const { body } = await post("/api/tokens", { name: "tests" }).set(browser).expect(201);
  return { id, token: body.token };
}

beforeAll(async () => {
  server = await startServer({ MODERATION: "open", SEED: "on" });
  for (const role of ROLES) people[role] = await join(role);
  const { body } = await post("/api/tokens", { name: "reads", scope: "read" })
    .set(...bearer(people.admin?.token ?? ""))
    .expect(201);
  people.reader = { id: people.admin?.id ?? 0, token: body.token };
  strangersToken = (await post("/api/comments/1", { comment: "A stranger's" })).body.editToken;
});

function tokenOf(caller: Caller): string | null {
  if (caller === "nobody") return null;
  if (caller === "stranger") return strangersToken;
  if (caller === "guest") return editToken;
  return caller === "ADMIN_TOKEN" ? server.adminToken : (people[caller]?.token ?? null);
}

function call(method: string, path: string, token: string | null): Test {
  // A stream has no end to wait for; its head has the same rights.
  const get = path.endsWith("/events") ? http.head : http.get;
  const verbs = { get, post, put: http.put, patch: http.patch, delete: http.delete };
  for (const [verb, run] of Object.entries(verbs)) {
    if (verb !== method) continue;
    return token === null ? run(path) : run(path).set(...bearer(token));
  }
  throw new Error(`${method} is no method of the API`);
}

/** A guest's comment, or that of a person. */
async function makeComment(by: Person | null): Promise<string> {
  const draft = post("/api/comments/1", { comment: `Of ${randomUUID()}` });
  const { body } = await (by ? draft.set(...bearer(by.token)) : draft).expect(201);
  if (!by) editToken = body.editToken;
  return `/api/comments/1/${body.id}`;
}

/** A comment's path, once a moderator holds it back. */
async function hold(path: string): Promise<string> {
  await http
    .patch(path, { status: "pending" })
    .set(...admin())
    .expect(200);
  return path;
}

async function makeToken({ token }: Person): Promise<number> {
  const { body } = await post("/api/tokens", { name: "to go" })
    .set(...bearer(token))
    .expect(201);
  return body.id;
}

/** The person behind a caller, and their role. */
function personOf(caller: Caller): [Person | null, Role | null] {
  if (caller === "reader") return [people.admin ?? null, "admin"];
  const role = ROLES.find((one) => one === caller) ?? null;
  return [people[caller] ?? null, role];
}

/** The same answer for everybody. */
const all = (status: number) => CALLERS.map(() => status);
const plain = (path: string, status = 200, body?: object): Situation => ({
  when: "",
  make: async () => ({ path, ...(body && { body }) }),
  expected: all(status),
});

/** Reading is for everybody; a token that may only read may not try to change anything. */
const open = (status: number) => CALLERS.map((caller) => (caller === "reader" ? 403 : status));

/** What each is answered: nobody and the edit tokens, then people by role, a token that only reads, ADMIN_TOKEN. */
const as = (
  [nobody, stranger, guest]: [number, number, number],
  [member, author, moderator, admin]: [number, number, number, number],
  reader: number,
  adminToken: number,
) => [nobody, stranger, guest, member, author, moderator, admin, reader, adminToken];

const NOBODY: [number, number, number] = [401, 401, 401];
const comment = async () => ({ path: "/api/comments/1", body: { comment: randomUUID() } });
const another = async () => (await join("member")).id;
const mine = async (caller: Person | null) => caller?.id ?? (await another());

/** Editing and deleting a comment: whose it is decides. */
const changing = (body?: object): Situation[] => [
  {
    when: "a guest's",
    make: async () => ({ path: await makeComment(null), body }),
    expected: as([401, 401, 200], [403, 403, 200, 200], 403, 200),
  },
  {
    when: "one's own, or a guest's",
    make: async (caller) => ({ path: await makeComment(caller), body }),
    expected: as([401, 401, 200], [200, 200, 200, 200], 403, 200),
  },
  {
    when: "another person's",
    make: async () => ({ path: await makeComment(await join("admin")), body }),
    expected: as(NOBODY, [403, 403, 200, 200], 403, 200),
  },
];

const draft = () => ({ title: `On ${randomUUID()}`, content: "Words", author: "A byline" });

/** Who may publish: the caller, or where they may not, somebody else. */
async function publisher(caller: Person | null, role: Role | null): Promise<Person> {
  return caller && role !== "member" ? caller : join("author");
}

async function makePost(by: Person): Promise<string> {
  const { body } = await post("/api/posts", draft())
    .set(...bearer(by.token))
    .expect(201);
  return `/api/posts/${body.id}`;
}

/** What is done to a post: authors may to their own, moderators to any. */
const ofPost = (
  ask: (path: string, by: Person) => Asked | Promise<Asked>,
  done = 200,
  reader = 403,
): Situation[] => [
  {
    when: "one's own, or another's",
    make: async (caller, role) => {
      const by = await publisher(caller, role);
      return ask(await makePost(by), by);
    },
    expected: as(NOBODY, [403, done, done, done], reader, done),
  },
  {
    when: "another's",
    make: async () => {
      const by = await join("admin");
      return ask(await makePost(by), by);
    },
    expected: as(NOBODY, [403, 403, done, done], reader, done),
  },
];

async function makeFile(by: Person): Promise<string> {
  const path = `${randomUUID()}.txt`;
  await post("/api/files")
    .set(...bearer(by.token))
    .field("path", path)
    .attach("file", Buffer.from(path), path)
    .expect(201);
  return `/api/files/${path}`;
}

const harmless = { kind: "words", action: "hold", words: [`word ${randomUUID()}`] };

async function makeRule(): Promise<number> {
  const { body } = await post("/api/rules", harmless)
    .set(...admin())
    .expect(201);
  return body.id;
}

/** The last entry of the audit log on that thing. */
async function entryOf(type: string, subject: number): Promise<number> {
  const { body } = await http
    .get(`/api/audit?type=${type}&subject=${subject}&limit=1`)
    .set(...admin())
    .expect(200);
  return body[0].id;
}

/** What moderators and admins do; a token that only reads may look. */
const forModerators = (asked: string | (() => Promise<Asked>), done = 200): Situation => ({
  when: "",
  make: typeof asked === "string" ? async () => ({ path: asked }) : asked,
  expected: as(NOBODY, [403, 403, done, done], typeof asked === "string" ? 200 : 403, done),
});

/** Sent nothing: it is not active. */
const harmlessHook = { url: "https://hooks.example/", active: false };

/** A webhook's path; the one before is deleted, since there may be only so many. */
async function makeHook(): Promise<string> {
  const { body: all } = await http.get("/api/webhooks?limit=100").set(...admin());
  for (const { id } of all) await http.delete(`/api/webhooks/${id}`).set(...admin());
  const { body } = await post("/api/webhooks", harmlessHook)
    .set(...admin())
    .expect(201);
  return `/api/webhooks/${body.id}`;
}

/** What admins alone do; a token that only reads may look. */
const forAdmins = (asked: string | (() => Promise<Asked>), done = 200): Situation => ({
  when: "",
  make: typeof asked === "string" ? async () => ({ path: asked }) : asked,
  expected: as(NOBODY, [403, 403, 403, done], typeof asked === "string" ? 200 : 403, done),
});

const ROWS: Record<string, Situation[]> = {
  "get /api/comments": [
    plain("/api/comments"),
    {
      when: "of a status",
      make: async () => ({ path: "/api/comments?status=pending" }),
      expected: as(NOBODY, [403, 403, 200, 200], 200, 200),
    },
  ],
  "post /api/comments": [
    {
      when: "",
      make: async () => ({ path: "/api/comments", body: { post: 1, comment: randomUUID() } }),
      expected: open(201),
    },
  ],
  "get /api/comments/by-url": [plain("/api/comments/by-url?url=http://localhost/nobody")],
  "get /api/comments/{id}": [plain("/api/comments/1")],
  "post /api/comments/{id}": [{ when: "", make: comment, expected: open(201) }],
  "get /api/comments/{id}/{commentId}": [
    { when: "to be seen by all", make: async () => ({ path: await makeComment(null) }), expected: all(200) },
    {
      when: "a guest's that waits",
      make: async () => ({ path: await hold(await makeComment(null)) }),
      expected: as([404, 404, 200], [404, 404, 200, 200], 200, 200),
    },
    {
      when: "one's own that waits, or a guest's",
      make: async (caller) => ({ path: await hold(await makeComment(caller)) }),
      expected: as([404, 404, 200], [200, 200, 200, 200], 200, 200),
    },
  ],
  "patch /api/comments/{id}/{commentId}": [
    ...changing({ comment: "Another text" }),
    {
      when: "its status",
      make: async () => ({ path: await makeComment(null), body: { status: "spam" } }),
      expected: as([401, 401, 403], [403, 403, 200, 200], 403, 200),
    },
    {
      when: "one's own pin",
      make: async (caller) => ({ path: await makeComment(caller), body: { pinned: true } }),
      expected: as([401, 401, 403], [403, 403, 200, 200], 403, 200),
    },
  ],
  "delete /api/comments/{id}/{commentId}": changing(),
  "put /api/comments/{id}/{commentId}/vote": [
    {
      when: "another's",
      make: async () => ({ path: `${await makeComment(await join("member"))}/vote`, body: { value: 1 } }),
      expected: open(200),
    },
    {
      when: "one's own, or one from this network",
      make: async (caller) => ({ path: `${await makeComment(caller)}/vote`, body: { value: 1 } }),
      expected: as([403, 403, 403], [403, 403, 403, 403], 403, 200),
    },
  ],
  "post /api/comments/{id}/{commentId}/report": [
    {
      when: "",
      make: async () => ({ path: `${await makeComment(null)}/report`, body: { reason: "other" } }),
      expected: open(202),
    },
  ],
  "get /api/comments/{id}/{commentId}/history": [
    {
      when: "",
      make: async () => ({ path: `${await makeComment(null)}/history` }),
      expected: as(NOBODY, [403, 403, 200, 200], 200, 200),
    },
  ],
  "get /api/comments/{id}/{commentId}/permalink": [plain("/api/comments/1/1/permalink", 307)],
  "get /api/counts": [plain("/api/counts?post=1")],
  // It changes nothing, so a token that only reads may.
  "post /api/preview": [plain("/api/preview", 200, { comment: "Hello" })],
  // Its signature says who sends it, and whoever else they are is not looked at. Nothing is set up for it here.
  "post /api/hooks/posts": [plain("/api/hooks/posts", 403, {})],
  "get /api/comments/{id}/feed": [plain("/api/comments/1/feed")],
  "get /api/comments/{id}/events": [plain("/api/comments/1/events")],
  "get /api/feed": [plain("/api/feed")],
  "get /api/avatars/{seed}.svg": [plain("/api/avatars/0123456789abcdef.svg")],
  "get /api/stamp": [plain("/api/stamp")],
  "get /api/moderation": [forModerators("/api/moderation")],
  "post /api/moderation": [
    forModerators(async () => ({
      path: "/api/moderation",
      body: { ids: [Number((await makeComment(null)).split("/").at(-1))], action: "spam" },
    })),
  ],
  "get /api/rules": [forModerators("/api/rules")],
  "post /api/rules": [forModerators(async () => ({ path: "/api/rules", body: harmless }), 201)],
  "delete /api/rules": [forModerators(async () => ({ path: `/api/rules?id=${await makeRule()}` }))],
  "get /api/audit": [forModerators("/api/audit")],
  "post /api/audit/{id}/undo": [
    {
      when: "of what a moderator did",
      make: async () => {
        const rule = await makeRule();
        return { path: `/api/audit/${await entryOf("rule", rule)}/undo`, body: {} };
      },
      expected: as(NOBODY, [403, 403, 200, 200], 403, 200),
    },
    {
      when: "of what an admin did to a person",
      make: async () => {
        const { id } = await join("member");
        await http
          .patch(`/api/users/${id}`, { role: "author" })
          .set(...admin())
          .expect(200);
        return { path: `/api/audit/${await entryOf("user", id)}/undo`, body: {} };
      },
      expected: as(NOBODY, [403, 403, 403, 409], 403, 409),
    },
  ],
  "get /api/posts": [plain("/api/posts")],
  "get /api/posts/{id}": [plain("/api/posts/1")],
  "post /api/posts": [
    {
      when: "",
      make: async () => ({ path: "/api/posts", body: draft() }),
      expected: as(NOBODY, [403, 201, 201, 201], 403, 201),
    },
  ],
  ...Object.fromEntries(
    (["put", "patch", "delete"] as const).map((method): [string, Situation[]] => [
      `${method} /api/posts/{id}`,
      ofPost((path) => ({ path, ...(method !== "delete" && { body: { title: "Another" } }) })),
    ]),
  ),
  "get /api/posts/{id}/aliases": ofPost((path) => ({ path: `${path}/aliases` }), 200, 200),
  "post /api/posts/{id}/aliases": ofPost(
    (path) => ({ path: `${path}/aliases`, body: { url: `http://localhost/${randomUUID()}` } }),
    201,
  ),
  "delete /api/posts/{id}/aliases": ofPost(async (path, by) => {
    const url = `http://localhost/${randomUUID()}`;
    await post(`${path}/aliases`, { url })
      .set(...bearer(by.token))
      .expect(201);
    return { path: `${path}/aliases?${new URLSearchParams({ url })}` };
  }),
  "post /api/posts/{id}/merge": [
    {
      when: "one's own, or another's",
      make: async (caller, role) => {
        const by = await publisher(caller, role);
        return {
          path: `${await makePost(by)}/merge`,
          body: { into: Number((await makePost(by)).split("/").at(-1)) },
        };
      },
      expected: as(NOBODY, [403, 403, 200, 200], 403, 200),
    },
  ],
  "post /api/remap": [
    {
      when: "",
      make: async () => ({
        path: "/api/remap",
        body: { from: `http://localhost/${randomUUID()}/`, to: `http://localhost/${randomUUID()}/` },
      }),
      expected: as(NOBODY, [403, 403, 200, 200], 403, 200),
    },
  ],
  "get /api/search": [plain("/api/search?q=nice")],
  "get /api/session": [
    {
      when: "",
      make: async () => ({ path: "/api/session" }),
      expected: as(NOBODY, [200, 200, 200, 200], 200, 200),
    },
  ],
  "post /api/session": [
    plain("/api/session", 401, { email: "nobody@example.org", password: "a wrong password" }),
  ],
  "delete /api/session": [plain("/api/session", 204)],
  "get /api/sessions": [
    {
      when: "",
      make: async () => ({ path: "/api/sessions" }),
      expected: as(NOBODY, [200, 200, 200, 200], 200, 403),
    },
  ],
  "delete /api/sessions": [
    {
      when: "",
      make: async () => ({ path: "/api/sessions" }),
      expected: as(NOBODY, [200, 200, 200, 200], 403, 403),
    },
  ],
  "get /api/users": [
    {
      when: "",
      make: async () => ({ path: "/api/users" }),
      expected: as(NOBODY, [200, 200, 200, 200], 200, 200),
    },
  ],
  "post /api/users": [
    {
      when: "while SIGN_UP is off",
      make: async () => ({ path: "/api/users", body: { name: "Ada", email: `${randomUUID()}@example.org` } }),
      expected: as(NOBODY, [403, 403, 403, 201], 403, 201),
    },
  ],
  "get /api/users/{id}": [
    { when: "another", make: async () => ({ path: `/api/users/${await another()}` }), expected: all(200) },
  ],
  ...Object.fromEntries(
    ["put", "patch"].map((method): [string, Situation[]] => [
      `${method} /api/users/{id}`,
      [
        {
          when: "another",
          make: async () => ({ path: `/api/users/${await another()}`, body: { profession: "Piper" } }),
          expected: as(NOBODY, [403, 403, 403, 200], 403, 200),
        },
        {
          when: "oneself, or another",
          make: async (caller) => ({
            path: `/api/users/${await mine(caller)}`,
            body: { profession: "Piper" },
          }),
          expected: as(NOBODY, [200, 200, 200, 200], 403, 200),
        },
        {
          when: "another's role",
          make: async () => ({ path: `/api/users/${await another()}`, body: { role: "author" } }),
          expected: as(NOBODY, [403, 403, 403, 200], 403, 200),
        },
      ],
    ]),
  ),
  "delete /api/users/{id}": [
    {
      when: "another",
      make: async () => ({ path: `/api/users/${await another()}` }),
      expected: as(NOBODY, [403, 403, 403, 200], 403, 200),
    },
    {
      when: "oneself, or another",
      make: async (_, role) => {
        const { id, token } = await join(role ?? "member");
        return { path: `/api/users/${id}`, token };
      },
      expected: as(NOBODY, [200, 200, 200, 200], 403, 200),
    },
  ],
  "get /api/user": [
    {
      when: "",
      make: async () => ({ path: "/api/user" }),
      expected: as(NOBODY, [200, 200, 200, 200], 200, 200),
    },
  ],
  ...Object.fromEntries(
    ["patch", "post"].map((method): [string, Situation[]] => [
      `${method} /api/user`,
      [
        {
          when: "",
          make: async () => ({ path: "/api/user", body: { profession: "Piper" } }),
          expected: as(NOBODY, [200, 200, 200, 200], 403, 403),
        },
      ],
    ]),
  ),
  "get /api/user/data": [
    {
      when: "",
      make: async () => ({ path: "/api/user/data" }),
      expected: as(NOBODY, [200, 200, 200, 200], 200, 403),
    },
    {
      when: "by a link that is over",
      make: async () => ({ path: "/api/user/data?token=AAECAwQ" }),
      expected: all(403),
    },
  ],
  "post /api/user/data": [plain("/api/user/data", 409, { email: "ada@example.org" })],
  "delete /api/user/data": [
    {
      when: "by a link that is over",
      make: async () => ({ path: "/api/user/data", body: { token: "AAECAwQ" } }),
      expected: all(403),
    },
    {
      when: "",
      make: async (_, role) => ({ path: "/api/user/data", token: (await join(role ?? "member")).token }),
      expected: as(NOBODY, [200, 200, 200, 200], 403, 403),
    },
  ],
  "get /api/tokens": [
    {
      when: "",
      make: async () => ({ path: "/api/tokens" }),
      expected: as(NOBODY, [200, 200, 200, 200], 200, 403),
    },
    {
      when: "another's",
      make: async () => ({ path: `/api/tokens?user=${await another()}` }),
      expected: as(NOBODY, [403, 403, 403, 200], 200, 200),
    },
  ],
  "post /api/tokens": [
    {
      when: "",
      make: async () => ({ path: "/api/tokens", body: { name: "one more" } }),
      expected: as(NOBODY, [201, 201, 201, 201], 403, 403),
    },
    {
      when: "with an admin's rights",
      make: async () => ({ path: "/api/tokens", body: { name: "one more", role: "admin" } }),
      expected: as(NOBODY, [403, 403, 403, 201], 403, 403),
    },
    {
      when: "for another",
      make: async () => ({ path: "/api/tokens", body: { name: "one more", user: await another() } }),
      expected: as(NOBODY, [403, 403, 403, 201], 403, 201),
    },
  ],
  "delete /api/tokens/{id}": [
    {
      when: "one's own, or another's",
      make: async (caller) => ({ path: `/api/tokens/${await makeToken(caller ?? (await join("member")))}` }),
      expected: as(NOBODY, [200, 200, 200, 200], 403, 200),
    },
    {
      when: "another's",
      make: async () => ({ path: `/api/tokens/${await makeToken(await join("member"))}` }),
      expected: as(NOBODY, [404, 404, 404, 200], 403, 200),
    },
  ],
  "post /api/files": [
    {
      when: "",
      make: async () => ({ path: "/api/files", file: ["file", Buffer.from(randomUUID()), "a.txt"] }),
      expected: as(NOBODY, [403, 201, 201, 201], 403, 201),
    },
  ],
  "get /api/files/{path}": [
    { when: "", make: async () => ({ path: await makeFile(await join("author")) }), expected: all(200) },
  ],
  "delete /api/files/{path}": [
    {
      when: "one's own, or another's",
      make: async (caller, role) => ({ path: await makeFile(await publisher(caller, role)) }),
      expected: as(NOBODY, [403, 200, 200, 200], 403, 200),
    },
    {
      when: "another's",
      make: async () => ({ path: await makeFile(await join("admin")) }),
      expected: as(NOBODY, [403, 403, 200, 200], 403, 200),
    },
  ],
  "get /api/webhooks": [forAdmins("/api/webhooks")],
  "post /api/webhooks": [forAdmins(async () => ({ path: "/api/webhooks", body: harmlessHook }), 201)],
  "get /api/webhooks/{id}": [
    {
      ...forAdmins(async () => ({ path: await makeHook() })),
      expected: as(NOBODY, [403, 403, 403, 200], 200, 200),
    },
  ],
  "patch /api/webhooks/{id}": [
    forAdmins(async () => ({ path: await makeHook(), body: { events: ["post.created"] } })),
  ],
  "delete /api/webhooks/{id}": [forAdmins(async () => ({ path: await makeHook() }))],
  "get /api/webhooks/{id}/deliveries": [
    {
      ...forAdmins(async () => ({ path: `${await makeHook()}/deliveries` })),
      expected: as(NOBODY, [403, 403, 403, 200], 200, 200),
    },
  ],
  "post /api/webhooks/{id}/deliveries/{deliveryId}/resend": [
    forAdmins(async () => {
      const hook = await makeHook();
      const { body } = await post(`${hook}/test`)
        .set(...admin())
        .expect(202);
      return { path: `${hook}/deliveries/${body.id}/resend`, body: {} };
    }, 202),
  ],
  "post /api/webhooks/{id}/test": [
    forAdmins(async () => ({ path: `${await makeHook()}/test`, body: {} }), 202),
  ],
  "get /api/health": [plain("/api/health")],
  "get /api/metrics": [
    {
      when: "",
      make: async () => ({ path: "/api/metrics" }),
      expected: as(NOBODY, [403, 403, 403, 200], 200, 200),
    },
  ],
  "get /api/export": [
    {
      when: "",
      make: async () => ({ path: "/api/export" }),
      expected: as(NOBODY, [403, 403, 403, 200], 200, 200),
    },
  ],
  "get /api/hello": [plain("/api/hello")],
  // Whoever has the token may, whoever they are; this one is nobody's.
  "post /api/password-reset": [plain("/api/password-reset", 409, { email: "ada@example.org" })],
  "put /api/password-reset": [
    plain("/api/password-reset", 403, { token: "AAECAwQ", password: "a reel for the bodhran" }),
  ],
  "get /api/confirm": [plain("/api/confirm?token=AAECAwQ", 303)],
  "get /api/subscriptions": [
    { ...plain("/api/subscriptions"), expected: as([401, 401, 401], [200, 200, 200, 200], 200, 403) },
  ],
  "post /api/subscriptions": [
    {
      ...plain("/api/subscriptions", 200, { notify: "off" }),
      expected: as([401, 401, 401], [200, 200, 200, 200], 403, 403),
    },
  ],
  "post /api/confirm": [plain("/api/confirm", 403, { token: "AAECAwQ" })],
  "get /api/openapi.json": [plain("/api/openapi.json")],
};

describe.each(operations.map(({ method, path }) => `${method} ${path}`))("%s", (name) => {
  const [method = "", path = ""] = name.split(" ");

  test("has a row", () => {
    expect(ROWS[name] ?? `no row for ${name}`).toEqual(expect.any(Array));
  });

  for (const { when, make, expected } of ROWS[name] ?? []) {
    test(`${when || path} answers each as it should`, async () => {
      const got: Record<string, number> = {};
      for (const caller of CALLERS) {
        const { path, body, file, token } = await make(...personOf(caller));
        const own = ROLES.some((role) => role === caller) ? token : undefined;
        const asked = call(method, path, own ?? tokenOf(caller));
        const { status } = await (file ? asked.attach(...file) : asked.send(body));
        got[caller] = status;
      }
      expect(got).toEqual(Object.fromEntries(CALLERS.map((caller, n) => [caller, expected[n]])));
    });
  }
});
