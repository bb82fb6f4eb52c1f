import { createHash } from "node:crypto";
import Database from "better-sqlite3";
import { bearer, client } from "@/__tests__/support/client";
import { upload } from "@/__tests__/support/files";
import { addSignedIn, fromHere } from "@/__tests__/support/people";
import { draw } from "@/__tests__/support/pictures";
import type { Server } from "@/__tests__/support/server";

/** More than one line of bytes. */
const DIARY = "Dear diary, ".repeat(25_000);

/** What nobody may find in an export: secrets that were shown once, and what they are kept as. */
export interface Lived {
  secrets: string[];
  /** The ids of the post, and of the one that was merged into it. */
  post: number;
  merged: number;
}

/** A site on which something of everything has happened. Wants MODERATION=open. */
export async function live(server: Server): Promise<Lived> {
  const { get, post, put, patch, delete: del, admin } = client(() => server);
  const ada = await addSignedIn(server, "author", "Ada");
  const lin = await addSignedIn(server, "moderator", "Lin");
  const as = (person: typeof ada, call: ReturnType<typeof post>) => call.set(person.browser).set(fromHere);
  const { token } = (await as(lin, post("/api/tokens", { name: "robot" })).expect(201)).body;

  const draft = { title: "Hello", content: "# World\n\n*of* posts", author: "Ada", category: "shoes" };
  const { body: hello } = await as(
    ada,
    post("/api/posts", { ...draft, url: "https://blog.example/hello" }),
  ).expect(201);
  await as(ada, patch(`/api/posts/${hello.id}`, { slug: "hello-again" })).expect(200);
  await post(`/api/posts/${hello.id}/aliases`, { url: "https://old.example/hello?page=2" })
    .set(...admin())
    .expect(201);
  const { body: other } = await as(ada, post("/api/posts", { ...draft, title: "Other" })).expect(201);
  const moved = await post(`/api/comments/${other.id}`, { comment: "Moved with its post" }).expect(201);
  await post(`/api/posts/${other.id}/merge`, { into: hello.id })
    .set(...admin())
    .expect(200);
  await post("/api/comments", { post: "http://localhost/a-page", comment: "On a page" }).expect(201);
  const { body: shelved } = await as(ada, post("/api/posts", { ...draft, title: "Shelved" })).expect(201);
  await post(`/api/comments/${shelved.id}`, { comment: "Shelved with its post" }).expect(201);
  await del(`/api/posts/${shelved.id}`)
    .set(...admin())
    .expect(200);

  const path = `/api/comments/${hello.id}`;
  const write = async (comment: string, more: object = {}) =>
    (await post(path, { comment, ...more }).expect(201)).body;
  const first = await write("First, with *marks* and a ☃", {
    author: "Guest",
    email: "guest@secret.example",
    website: "https://guest.example/",
  });
  const { body: reply } = await as(ada, post(path, { comment: "A reply", parent: first.id })).expect(201);
  const below = await write("Below a tombstone", { parent: reply.id });
  const erased = await write("Erased by its author");
  await write("Under what was erased", { parent: erased.id });
  await del(`${path}/${erased.id}`)
    .set(...bearer(erased.editToken))
    .expect(200);
  const edited = await write("Before the edit");
  await patch(`${path}/${edited.id}`, { comment: "After the edit" })
    .set(...bearer(edited.editToken))
    .expect(200);
  const binned = await write("Put into the bin", { author: "Binned", email: "binned@secret.example" });
  const spam = await write("Buy this");
  const held = await write("Held back");
  const reported = await write("Reported");
  const pinned = await write("Pinned");
  const judge = (ids: number[], action: string) =>
    post("/api/moderation", { ids, action, note: "as asked" })
      .set(...bearer(token))
      .expect(200);
  await put(`${path}/${first.id}/vote`, { value: 1 })
    .set(...bearer(token))
    .expect(200);
  await put(`${path}/${first.id}/vote`, { value: -1 })
    .set(...admin())
    .expect(200);
  await put(`${path}/${reply.id}/vote`, { value: 1 }).expect(200);
  await put(`${path}/${below.id}/vote`, { value: -1 })
    .set(...bearer(token))
    .expect(200);
  for (const call of [
    post(`${path}/${reported.id}/report`, { reason: "abuse", note: "rude" }),
    post(`${path}/${pinned.id}/report`, { reason: "spam" }).set(...bearer(token)),
  ])
    await call.expect(202);
  await judge([binned.id], "delete");
  await judge([spam.id], "spam");
  await judge([pinned.id], "approve");
  for (const [id, change] of [
    [pinned.id, { pinned: true }],
    [held.id, { status: "pending" }],
  ] as const)
    await patch(`${path}/${id}`, change)
      .set(...bearer(token))
      .expect(200);
  await as(lin, del(`${path}/${reply.id}`)).expect(200);

  await post("/api/rules", { kind: "words", action: "hold", words: ["kraken"], note: "sea" })
    .set(...admin())
    .expect(201);
  const { body: rule } = await post("/api/rules", { kind: "links", action: "block", max: 3 })
    .set(...admin())
    .expect(201);
  await del(`/api/rules?id=${rule.id}`)
    .set(...admin())
    .expect(200);
  await upload(server, DIARY, "diary.txt", "docs/diary.txt", bearer(token)).expect(201);
  await upload(server, DIARY, "diary.txt", "docs/copy.txt").expect(201);
  await upload(server, await draw().png().toBuffer(), "picture.png").expect(201);
  const { body: hook } = await post("/api/webhooks", {
    url: "https://hooks.example/in",
    events: ["comment.created"],
    active: false,
  })
    .set(...admin())
    .expect(201);
  const db = new Database(server.databaseFile, { timeout: 5000 });
  db.prepare("UPDATE users SET notify = 'digest' WHERE id = ?").run(lin.id);
  db.close();
  const cookie = lin.browser.Cookie.split("=")[1] ?? "";
  await get(`${path}`).expect(200);
  return {
    secrets: [token, cookie, hook.secret, moved.body.editToken, first.editToken, server.adminToken],
    post: hello.id,
    merged: other.id,
  };
}

/** The lines of an export of that server. */
export async function exportOf({ url, adminToken }: Pick<Server, "url" | "adminToken">): Promise<string> {
  const res = await fetch(`${url}/api/export`, { headers: { Authorization: `Bearer ${adminToken}` } });
  if (res.status !== 200) throw new Error(`The export answered ${res.status}`);
  return res.text();
}

/** An export of one post with that many comments, every third of them a reply to the one before. */
export function manyComments(many: number): string {
  const at = "2026-06-01T10:00:00.000Z";
  const nothing = { email: null, website: null, user: null, importKey: null };
  const lines: string[] = [];
  for (let id = 1; id <= many; id++)
    lines.push(
      JSON.stringify({
        ...{
          type: "comment",
          id,
          post: 1,
          parent: id % 3 === 0 ? id - 1 : null,
          author: `Author ${id % 500}`,
        },
        ...nothing,
        ...{
          role: null,
          comment: `Comment ${id} with *some* text, like a person's`,
          status: "approved",
          reasons: [],
        },
        ...{ pinned: false, vetted: false, createdAt: at, editedAt: null, deletedBy: null, trash: null },
      }),
    );
  const { website: _, email: __, ...rest } = nothing;
  const post = { type: "post", id: 1, slug: "big", url: null, title: "Big", content: "Big", author: null };
  const state = {
    category: null,
    commentsOpen: true,
    own: true,
    closing: "open",
    createdAt: at,
    updatedAt: at,
  };
  lines.push(JSON.stringify({ ...post, ...rest, ...state }));
  const sha256 = createHash("sha256")
    .update(`${lines.join("\n")}\n`)
    .digest("hex");
  const site = { type: "site", format: 1, version: "0.1.0", exportedAt: at, url: null };
  const end = { type: "end", counts: { comment: many, post: 1 }, lastIds: {}, sha256 };
  return `${[JSON.stringify(site), ...lines, JSON.stringify(end)].join("\n")}\n`;
}
