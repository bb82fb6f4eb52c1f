import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type NextStart, startNext } from "@/__tests__/support/nextStart";
import { type Server, startServer } from "@/__tests__/support/server";
import { exchange, head } from "@/__tests__/support/socket";

let ours: Server;
let plain: NextStart;

beforeAll(async () => {
  ours = await startServer({ SEED: "on", CACHE_SIZE: "0" });
  plain = await startNext(ours.env);
}, 60_000);

afterAll(() => plain.stop());

/** Every path of the API that the build knows, such as `/api/comments/[id]`. */
const pages = Object.keys(
  JSON.parse(readFileSync(join(__dirname, "..", "..", ".next", "server", "pages-manifest.json"), "utf8")),
).filter((page) => page.startsWith("/api"));

/** The target with `value` in the gaps; a stream would not end, so that is asked for wrongly. */
const fill = (page: string, value: string) =>
  page.replaceAll(/\[+[^\]]*\]+/g, () => value) + (page.endsWith("/events") ? "?wrong" : "");

/** The whole answer, but for what no two answers share. Both servers are called by the same name. */
async function ask(url: string, method: string, target: string, fields: string[] = []): Promise<string> {
  const request = head(
    `${method} ${target} HTTP/1.1`,
    "Host: 127.0.0.1",
    "X-Request-Id: the-same",
    "Connection: close",
    ...fields,
  );
  const answer = await exchange(url, request);
  const end = answer.indexOf("\r\n\r\n");
  const [status = "", ...lines] = answer.slice(0, end).split("\r\n");
  const kept = lines.filter((line) => !/^(date|keep-alive):/i.test(line)).sort();
  const body = answer.slice(end + 4).replace(/"stamp":"[^"]*"/, "");
  return [`${method} ${target}`, status, ...kept, "", body].join("\n");
}

async function expectSame(requests: [method: string, target: string, fields?: string[]][]): Promise<void> {
  for (let n = 0; n < requests.length; n += 16) {
    const some = requests.slice(n, n + 16);
    const answers = (url: string) => Promise.all(some.map((one) => ask(url, ...one)));
    expect(await answers(ours.url)).toEqual(await answers(plain.url));
  }
}

test.each(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "SEARCH"])(
  "every route answers %s to nobody as it does behind Next's own router",
  async (method) => {
    await expectSame(pages.map((page) => [method, fill(page, "1")]));
  },
);

test("so it does to an admin", async () => {
  const fields = [`Authorization: Bearer ${ours.adminToken}`];
  // Each process tells its own numbers there, or its own time.
  const alike = pages.filter((page) => page !== "/api/metrics" && page !== "/api/export");
  await expectSame(
    ["GET", "HEAD", "OPTIONS"].flatMap((method) =>
      alike.map((page): [string, string, string[]] => [method, fill(page, "1"), fields]),
    ),
  );
});

const values = [
  ..."first 2 0 -1 01 1e3 9007199254740993 __proto__ constructor index index.json x.rsc ~ * @ ! $ : ; , = + & ' ( )".split(
    " ",
  ),
  ...'[id] %5Bid%5D [commentId] [...path] {a} %7Ba%7D a|b a^b ` " < > _PARAM_SEP_ (.)a ..a a.. ...'.split(
    " ",
  ),
  ..."%20 %20a a%20 %00 a%00b %09 %0A %0d%0aX-Bad:1 %23 %3F %26 %25 %2541 %2f a%2fb a%2Fb %2f%2f %5c".split(
    " ",
  ),
  ..."%E4%BD%A0 %F0%9F%98%80 %C3%A9 e%CC%81 %EF%BB%BF %E2%80%AE .. . %2e %2e%2e %2E%2e a/.. a/../1 ./1 %2e/1".split(
    " ",
  ),
  ..."1/ 1/1 1/1/ 1/1/1 1/1/history/ 1/1/HISTORY 1/1/nothing 1/1/vote/1".split(" "),
];
test("odd parts of a path lead to the same handlers with the same values", async () => {
  const dynamic = [
    "/api/[[...missing]]",
    "/api/avatars/[seed]",
    "/api/comments/[id]",
    "/api/comments/[id]/[commentId]",
    "/api/files/[...path]",
    "/api/posts/[id]/aliases",
    "/api/users/[id]",
  ];
  const targets = new Set(values.flatMap((value) => dynamic.map((page) => fill(page, value))));
  // Two slashes are not the business of routes: guard.ts answers them.
  await expectSame([...targets].filter((one) => !one.includes("//")).map((target) => ["GET", target]));
});

test("so do odd paths", async () => {
  const whole =
    "/api /api/ /apix /API/comments /api/Comments /api/%63omments /api%2fcomments /api/comments%2f1 /api/comments/ /api/comments/./1 /api/x/../comments /api/../api/comments/1 /x/../api/comments /api/.. /api/../ /api/comments/1#x /api#x /api/%5b%5b...missing%5d%5d /api/comments/by-url /api/comments/by-url/ /api/comments/by%2Durl /api/openapi.json /api/openapi%2ejson /api/openapi.json/ /api/comments.json /api/files/a/b/c /api/files/a/../b /api/files/";
  const requests = whole.split(" ").flatMap((target): [string, string][] => [
    ["GET", target],
    ["POST", target],
    ["OPTIONS", target],
  ]);
  await expectSame(requests);
});

test("queries arrive as they do behind Next's router", async () => {
  const queries =
    "? ?? ?limit=1 ?limit=1&limit=2 ?limit=1&view=tree ?view=tree&limit=1 ?LIMIT=1 ?limit=%31 ?%6cimit=1 ?limit=+1 ?limit= ?limit ?=1 ?&&limit=1&& ?limit=1;view=tree ?limit[]=1 ?limit=%ZZ ?%zz=1 ?%F0=1 ?limit=%00 ?constructor=1 ?toString=1 ?x=1&x=2 ?limit=1#x ?a=http://x//y ?limit=1%262 ?limit=1?limit=2 ?cursor=x ?cursor=%25 ?post=1&post=hello ?url=http%3A%2F%2F127.0.0.1%2Fa&limit=1 ?url=http://127.0.0.1/a?b=c ?q=%E4%BD%A0 ?q=first+nice ?q=%22";
  const paths = [
    "/api/comments",
    "/api/comments/1",
    "/api/comments/by-url",
    "/api/counts",
    "/api/search",
    "/api/posts",
    "/api/hello",
    "/api/nowhere",
    "/api",
  ];
  const extra = Array.from({ length: 300 }, (_, n) => `k${n}=${n}`).join("&");
  await expectSame(
    [...queries.split(" "), `?${extra}`, `?limit=${"1".repeat(4000)}`].flatMap((query) =>
      paths.map((path): [string, string] => ["GET", path + query]),
    ),
  );
});

test("a query parameter called like a part of the path is refused like every unknown one; Next would hide it", async () => {
  const refused = await ask(ours.url, "GET", "/api/comments/1?id=2");
  expect(refused).toContain("HTTP/1.1 400 Bad Request");
  expect(refused).toContain("unrecognized_keys");
  expect(await ask(plain.url, "GET", "/api/comments/1?id=2")).toContain("HTTP/1.1 200 OK");
});
