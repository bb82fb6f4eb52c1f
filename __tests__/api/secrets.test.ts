import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Test } from "supertest";
import { bearer, client } from "../support/client";
import { Contract } from "../support/contract";
import { addSignedIn } from "../support/people";
import { type Server, startServer } from "../support/server";
import { Watcher } from "../support/watcher";

/** What only moderators may read, each a word that is nowhere else. */
const WORDS = /zhook|whsec_|zmail|zheld|zspam|zwords|znote|zgone|198\.51\.100/;
/** The same, and the members of the API that they stand in; a page has forms with such names. */
const SECRETS = new RegExp(`${WORDS.source}|"(reasons|reports|email|address|held)"`);

let server: Server;
let contract: Contract;
let shown: { id: number; editToken: string };
let held: { id: number; editToken: string };
const { get, post, comment, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on", TRUST_PROXY: "1", PUBLIC_URL: "http://localhost:3000" });
  contract = await Contract.of(server.url);
  const say = (text: string, more: object = {}) =>
    comment(text, { email: "zmail@example.org", author: "Ada", ...more }).set(
      "X-Forwarded-For",
      "198.51.100.7",
    );
  const asAdmin = (path: string, body: object) => post(path, body).set(...admin());
  shown = (await say("Seen by everybody").expect(201)).body;
  await say("zgone", { parent: shown.id }).expect(201);
  const { body: gone } = await say("zgone too").expect(201);
  await say("An answer to what is gone", { parent: gone.id }).expect(201);
  await asAdmin("/api/webhooks", { url: "https://zhook.invalid/zhook" }).expect(201);
  await asAdmin("/api/rules", { kind: "words", action: "hold", words: ["zwords"], note: "znote" });
  held = (await say("zheld zwords https://zheld.example", { author: "zheld" }).expect(202)).body;
  const page = "http://localhost:8080/zheld-page";
  await say("zheld zwords on a page of its own", { post: page }).expect(202);
  await say("zspam", { homepage: "zspam" }).expect(202);
  await post(`/api/comments/1/${shown.id}/report`, { reason: "spam", note: "znote" }).expect(202);
  const zgone = (await get("/api/comments?q=zgone")).body.map(({ id }: { id: number }) => id);
  await asAdmin("/api/moderation", { ids: zgone, action: "delete", note: "znote" }).expect(200);
});

/** Every GET of the document, with each id in each place, and the filters that could find what is hidden. */
function* everyRead(): Generator<string> {
  const ids = ["1", "2", "3", String(shown.id), String(held.id), "react-hooks"];
  const asked = [
    ...["", "?limit=100", "?sort=newest", "?sort=top", "?author=zheld", "?q=zheld", "?q=zwords", "?q=zspam"],
    ...[
      "?view=tree",
      "?view=tree&sort=top",
      "?post=1&post=3",
      "?status=pending",
      "?url=http://localhost:8080/zheld-page",
    ],
  ];
  for (const [path, operations] of Object.entries(contract.document.paths)) {
    // A stream has no end to wait for, and a test of its own.
    if (!("get" in operations) || path.endsWith("/events")) continue;
    const places = path.includes("{commentId}")
      ? ["1", "3"].flatMap((one) => ids.map((two) => path.replace("{id}", one).replace("{commentId}", two)))
      : ids.map((one) => path.replace(/\{\w+\}/, one));
    for (const place of new Set(places)) for (const query of asked) yield place + query;
  }
  for (const page of [
    "/",
    "/posts/react-hooks",
    `/posts/1?at=${held.id}`,
    `/posts/1?reply=${held.id}`,
    "/posts/3",
  ])
    yield page;
}

describe("nothing of what only moderators may read", () => {
  test("is told to moderators alone: they do read it", async () => {
    const { text } = await get("/api/moderation").set(...admin());
    const { text: webhooks } = await get("/api/webhooks").set(...admin());
    expect(webhooks).toContain("zhook");
    expect(webhooks).not.toContain("whsec_");
    for (const secret of ["zmail", "zheld", "zwords", "znote", '"reasons"', "198.51.100.0/24"]) {
      expect(text).toContain(secret);
    }
  });

  test.each(["nobody", "a member", "somebody with another comment's edit token"])(
    "is on any route for %s, in any body or header",
    async (name) => {
      const { browser } = await addSignedIn(server, "member");
      const as = (call: Test) =>
        name === "nobody"
          ? call
          : name === "a member"
            ? call.set(browser)
            : call.set(...bearer(shown.editToken));
      const answers = new Set<number>();
      for (const path of everyRead()) {
        // What is held about oneself is one's own, and the document names every member.
        if ((name === "a member" && /^\/api\/(user|session)/.test(path)) || path.includes("openapi"))
          continue;
        const res = await as(get(path));
        answers.add(res.status);
        // What somebody asks for is not told by its being said again.
        const told = `${res.text} ${JSON.stringify(res.headers)}`.replaceAll(
          /cursor=[\w-]+|url=[^"&>]*|"search":"\w*"/g,
          "",
        );
        const secrets = path.startsWith("/api/") ? SECRETS : WORDS;
        expect([path, secrets.exec(told)?.[0]]).toEqual([path, undefined]);
      }
      expect([...answers]).toEqual(expect.arrayContaining([200, 404]));
    },
    120_000,
  );

  test("is in the stream of all comments", async () => {
    const headers = { Accept: "application/x-ndjson" };
    const text = await (await fetch(`${server.url}/api/comments`, { headers })).text();
    expect(text).toContain("Seen by everybody");
    expect(text).not.toMatch(SECRETS);
  });

  test("is in the stream of what happens, for moderators neither", async () => {
    const headers = { Authorization: `Bearer ${server.adminToken}` };
    const watchers = await Promise.all([{}, { headers }].map((options) => Watcher.of(server, 1, options)));
    const from = ["X-Forwarded-For", "198.51.100.7"] as const;
    await comment("zheld zwords again", { email: "zmail@example.org" })
      .set(...from)
      .expect(202);
    const { body } = await comment("Seen in the stream", { email: "zmail@example.org" }).set(...admin());
    for (const watcher of watchers) {
      await watcher.hears("comment.created", body.id);
      expect(watcher.text).not.toMatch(SECRETS);
      watcher.cut();
    }
  });

  test("is told to the author: their own text, but not why it waits", async () => {
    const { text } = await get(`/api/comments/1/${held.id}`)
      .set(...bearer(held.editToken))
      .expect(200);
    expect(text).toContain("zheld");
    expect(text).not.toMatch(/zmail|"reasons"|"reports"|rule|has (links|words)|198\.51/);
  });

  test("changes the ETag or the counts of what the public reads", async () => {
    const paths = [
      "/api/comments",
      "/api/comments/1",
      "/api/counts?post=1",
      "/api/posts",
      `/api/comments/1/${shown.id}`,
    ];
    const tags = async () =>
      Promise.all(paths.map(async (path) => (await get(path).expect(200)).headers.etag));
    const before = await tags();
    await comment("zheld again https://zheld.example").set("X-Forwarded-For", "198.51.100.9").expect(202);
    await post(`/api/comments/1/${shown.id}/report`, { reason: "abuse" })
      .set("X-Forwarded-For", "198.51.100.9")
      .expect(202);
    expect(await tags()).toEqual(before);
  });
});
