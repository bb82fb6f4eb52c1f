import { beforeAll, describe, expect, test } from "@jest/globals";
import { curl } from "@/__tests__/support/curl";
import { makeHookSecret, signHook } from "@/__tests__/support/hooks";
import { type Block, readDocument } from "@/__tests__/support/markdown";
import { type Server, startServer } from "@/__tests__/support/server";

const local = "http://localhost:3000";

/** A command of the docs, and what they say comes back. */
interface Example {
  command: string;
  head: string | undefined;
  body: string | undefined;
}

/** Each curl command with the `http` and `json` blocks that follow it. */
function examplesIn(blocks: Block[]): Example[] {
  const examples: Example[] = [];
  for (const { language, text } of blocks) {
    const last = examples.at(-1);
    if (language === "sh" && text.startsWith("curl ")) {
      examples.push({ command: text, head: undefined, body: undefined });
    } else if (language === "http" && last) last.head = text;
    else if (language === "json" && last) last.body = text;
  }
  return examples;
}

/** What differs from run to run, taken out: instants and tokens. */
function settle(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settle);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, settle(member)]));
  }
  if (typeof value !== "string") return value;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return "an instant";
  if (/^(curl\/|node$)/.test(value)) return "a program";
  if (/^edit_/.test(value)) return "an edit token";
  if (/^antiphon_/.test(value)) return "an API token";
  if (/^whsec_/.test(value)) return "a signing secret";
  if (/^msg_/.test(value)) return "a message id";
  if (/^[\da-f]{8}-[\da-f]{4}-/.test(value)) return "a request id";
  return value;
}

/** A header of the docs: `…` stands for anything. */
function toPattern(value: string): RegExp {
  const parts = value.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".+")}$`);
}

describe("docs/api.md", () => {
  const examples = examplesIn(readDocument("docs/api.md").blocks);
  const names: Record<string, string> = {};
  let server: Server;

  beforeAll(async () => {
    const secret = makeHookSecret();
    server = await startServer({ SEED: "on", RATE_LIMIT: "on", PUBLIC_URL: local, HOOK_SECRET: secret });
    names.TOKEN = server.adminToken;
    const data = { url: "http://localhost:8080/hello", title: "Hello" };
    names.HOOK_BODY = JSON.stringify({ type: "post.published", timestamp: new Date().toISOString(), data });
    const signed = signHook(secret, names.HOOK_BODY, { id: "msg_1" });
    names.HOOK_AT = signed["webhook-timestamp"];
    names.HOOK_SIGNATURE = signed["webhook-signature"];
  });

  test("has examples", () => {
    expect(examples.length).toBeGreaterThan(20);
  });

  // In the order of the page, on one server, as somebody would try them.
  test.each(examples)("answers as shown: $command", async ({ command, head, body }) => {
    const res = await curl(command.replaceAll(local, server.url), names);
    const text = await res.text();
    if (head === undefined) expect(res.status).toBe(200);
    else {
      const [status, ...headers] = head.trim().split("\n");
      expect(`HTTP/1.1 ${res.status} ${res.statusText}`).toBe(status);
      for (const line of headers) {
        const [, name = "", value = ""] = /^([\w-]+): (.*)$/.exec(line) ?? [];
        expect(res.headers.get(name)).toMatch(toPattern(value));
      }
    }
    const value: unknown =
      text.startsWith("{") || text.startsWith("[") ? JSON.parse(text.split("\n", 1)[0] ?? "") : undefined;
    if (body !== undefined) expect(settle(value)).toEqual(settle(JSON.parse(body)));
    if (typeof value === "object" && value !== null && "editToken" in value) {
      names.EDIT_TOKEN = String(value.editToken);
    }
    if (typeof value === "object" && value !== null && "token" in value) {
      names.USER_TOKEN = String(value.token);
    }
    names.COOKIE = res.headers.getSetCookie()[0]?.split(";", 1)[0] ?? names.COOKIE ?? "";
    names.ETAG = res.headers.get("ETag") ?? names.ETAG ?? "";
  });
});

describe("README.md", () => {
  const readme = readDocument("README.md");
  const commands = readme.blocks
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.split("\n").filter((line) => line.startsWith("curl ")));
  let server: Server;

  beforeAll(async () => {
    server = await startServer({ SEED: "on" });
  });

  test("begins with three commands: read all, read one thread, write", async () => {
    const [all, thread, write] = commands.map((one) => () => curl(one.replaceAll(local, server.url)));
    expect(commands).toHaveLength(3);

    const comments = await all?.();
    expect(comments?.status).toBe(200);
    const rows: unknown = await comments?.json();
    expect(rows).toEqual(expect.arrayContaining([expect.objectContaining({ comment: "First" })]));

    const before = await thread?.();
    expect(before?.status).toBe(200);
    expect(await before?.json()).toMatchObject({ post: 1, total: 5, comments: expect.any(Array) });

    const written = await write?.();
    expect(written?.status).toBe(201);
    const comment: unknown = await written?.json();
    expect(comment).toMatchObject({
      post: 1,
      author: "Ada",
      html: "<p>Nice <em>post</em></p>\n",
      status: "approved",
    });

    const after = await thread?.();
    expect(await after?.json()).toMatchObject({ total: 6 });
  });

  test("shows two tags that a page elsewhere can use, once ALLOWED_ORIGINS names its site", async () => {
    const site = "https://blog.example";
    const page = `${site}/hello`;
    const script = readme.blocks.find(({ language }) => language === "html")?.text ?? "";
    expect(script).toBe(
      '<script async src="https://comments.example/embed.js"></script>\n<antiphon-comments></antiphon-comments>\n',
    );
    const write = (url: string) =>
      fetch(`${url}/api/comments`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Origin: site },
        body: JSON.stringify({ post: page, author: "Ada", comment: "From elsewhere" }),
      });
    const read = (url: string) =>
      fetch(`${url}/api/comments/by-url?url=${encodeURIComponent(page)}`, { headers: { Origin: site } });

    const refused = await write(server.url);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      code: "origin_not_allowed",
      error: expect.stringContaining("ALLOWED_ORIGINS"),
    });

    const allowing = await startServer({ ALLOWED_ORIGINS: site });
    const empty = await read(allowing.url);
    expect(await empty.json()).toEqual({ post: null, total: 0, commentsOpen: true, comments: [] });
    expect((await write(allowing.url)).status).toBe(201);
    const thread = await read(allowing.url);
    expect(thread.headers.get("Access-Control-Allow-Origin")).toBe(site);
    expect(await thread.json()).toMatchObject({
      total: 1,
      comments: [{ author: "Ada", html: "<p>From elsewhere</p>\n" }],
    });
  });
});
