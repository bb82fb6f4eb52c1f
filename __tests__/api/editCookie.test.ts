import { beforeAll, describe, expect, test } from "@jest/globals";
import { bearer, client } from "../support/client";
import { byHand, forms } from "../support/forms";
import { addSignedIn, cookieOf } from "../support/people";
import { type Server, startServer } from "../support/server";

let server: Server;
const { get, comment, admin } = client(() => server);
const { submit, lead } = forms(() => server);

const MODERATE = { SEED: "on", MODERATION: "open", LOG_LEVEL: "trace" };

beforeAll(async () => {
  server = await startServer(MODERATE);
});

const PAGE = "/posts/react-hooks";

/** Sends a comment as a browser without scripts does: its path, and the cookie that the browser has from then on. */
async function write(text: string, cookie = "", more: object = {}) {
  const fields = { post: "react-hooks", comment: text, from: PAGE, ...more };
  const answer = await submit("/api/comments", fields, { Cookie: cookie }).expect(303);
  const id = Number(/#comment-(\d+)$/.exec(answer.headers.location ?? "")?.[1]);
  return { id, path: `/api/comments/1/${id}`, cookie: cookieOf(answer), answer };
}

const textOf = async (path: string): Promise<string> => (await get(path).set(...admin())).body.comment;
const edit = (path: string, cookie: string, headers: object = {}) =>
  lead(path, { _method: "PATCH", comment: "Edited", from: PAGE }, { Cookie: cookie, ...headers });
const refusedAt = (code: string) => `${PAGE}?error=${code}#said`;

describe("a browser without scripts", () => {
  test("edits and deletes what it sent, by a cookie that no script reads and that lasts as long as it may", async () => {
    const { id, path, cookie, answer } = await write("By the browser alone");
    expect(answer.headers["set-cookie"]).toEqual([
      expect.stringMatching(
        new RegExp(`^antiphon-edit=${id}\\.[\\w-]{43}; Path=/; Max-Age=900; HttpOnly; SameSite=Lax$`),
      ),
    ]);
    expect(await edit(path, cookie)).toBe(`${PAGE}?at=${id}#comment-${id}`);
    expect(await textOf(path)).toBe("Edited");
    expect(await lead(path, { _method: "DELETE", from: PAGE }, { Cookie: cookie })).toBe(
      `${PAGE}?deleted=1#said`,
    );
    await get(path).expect(404);
  });

  test("over HTTPS has it bound to the host, and to the site whose frame it is in", async () => {
    const secure = await startServer({ ...MODERATE, PUBLIC_URL: "https://c.example" });
    const there = forms(() => secure);
    const answer = await there.submit("/api/comments/1", { comment: "In a frame", from: "/threads/1" });
    const [set = ""] = answer.headers["set-cookie"] ?? [];
    expect(set).toMatch(
      /^__Host-antiphon-edit=\d+\.[\w-]{43}; Path=\/; Max-Age=900; Secure; HttpOnly; SameSite=None; Partitioned$/,
    );
    const path = `/api/comments/1/${/at=(\d+)/.exec(answer.headers.location ?? "")?.[1]}`;
    const fields = { _method: "DELETE", from: "/threads/1" };
    const plain = cookieOf(answer).replace("__Host-", "");
    expect(await there.lead(path, fields, { Cookie: plain })).toContain("error=unauthorized");
    expect(await there.lead(path, fields, { Cookie: cookieOf(answer) })).toContain("deleted=1");
  });

  test("can edit its ten newest, each with its own", async () => {
    let cookie = "";
    const paths: string[] = [];
    for (let n = 0; n < 12; n++) {
      const sent = await write(`Number ${n}`, cookie);
      cookie = sent.cookie;
      paths.push(sent.path);
    }
    expect(cookie.length).toBeLessThan(700);
    for (const [n, path] of paths.entries()) {
      const ok = (await edit(path, cookie)) !== refusedAt("unauthorized");
      expect([n, ok, await textOf(path)]).toEqual([n, n >= 2, n >= 2 ? "Edited" : `Number ${n}`]);
    }
  });

  test("edits what waits for a moderator, and sees it by then", async () => {
    const sent = await submit("/api/comments", {
      post: "1",
      comment: "Held",
      homepage: "https://bot.example",
      from: PAGE,
    }).expect(303);
    expect(sent.headers.location).toBe(`${PAGE}?held=1#respond`);
    const cookie = cookieOf(sent);
    const [, id] = /antiphon-edit=(\d+)\./.exec(cookie) ?? [];
    const path = `/api/comments/1/${id}`;
    const seen = await get(path).set("Cookie", cookie).expect(200);
    expect(seen.body).toMatchObject({ comment: "Held", status: "pending" });
    expect(seen.headers["cache-control"]).toBe("private, no-store");
    await get(path).expect(404);
    await edit(path, cookie);
    expect(await textOf(path)).toBe("Edited");
  });

  test("does not vote for what it sent, from wherever", async () => {
    const elsewhere = await startServer({ ...MODERATE, TRUST_PROXY: "1" });
    const there = forms(() => elsewhere);
    const answer = await there.submit(
      "/api/comments/1",
      { comment: "Mine" },
      { "X-Forwarded-For": "1.1.1.1" },
    );
    const path = `/api/comments/1/${/at=(\d+)/.exec(answer.headers.location ?? "")?.[1]}`;
    const fields = { _method: "PUT", value: "1", from: "/threads/1" };
    const headers = { "X-Forwarded-For": "2.2.2.2", Cookie: cookieOf(answer) };
    expect(await there.lead(`${path}/vote`, fields, headers)).toContain("error=own_comment");
  });
});

describe("the cookie opens nothing", () => {
  test("once the window is over", async () => {
    const brief = await startServer({ ...MODERATE, EDIT_WINDOW: "1s" });
    const there = forms(() => brief);
    const answer = await there.submit("/api/comments/1", { comment: "Short", from: PAGE });
    expect(answer.headers["set-cookie"]?.[0]).toContain("; Max-Age=1; ");
    const path = `/api/comments/1/${/at=(\d+)/.exec(answer.headers.location ?? "")?.[1]}`;
    const { body } = await client(() => brief).get(path);
    while (Date.now() <= Date.parse(body.createdAt) + 1000) await new Promise(setImmediate);
    for (const _method of ["PATCH", "DELETE"]) {
      const fields = { _method, comment: "Late", from: PAGE };
      expect(await there.lead(path, fields, { Cookie: cookieOf(answer) })).toBe(
        refusedAt("edit_window_closed"),
      );
    }
    const never = await startServer({ ...MODERATE, EDIT_WINDOW: "0" });
    const kept = await forms(() => never).submit("/api/comments/1", { comment: "For good" });
    expect([kept.status, kept.headers]).toEqual([
      303,
      expect.not.objectContaining({ "set-cookie": expect.anything() }),
    ]);
  });

  test("of what somebody else wrote", async () => {
    const theirs = await write("Theirs");
    const mine = await write("Mine");
    const [, token = ""] = /\.([\w-]{43})$/.exec(mine.cookie) ?? [];
    for (const cookie of [
      mine.cookie,
      `antiphon-edit=${theirs.id}.${token}`,
      `${mine.cookie}~${theirs.id}.${token}`,
    ])
      expect(await edit(theirs.path, cookie)).toBe(refusedAt("unauthorized"));
    expect(await textOf(theirs.path)).toBe("Theirs");
    // Not for who says the same on the same network a moment later, either.
    const twin = await write("Theirs");
    expect([twin.id, twin.cookie]).toEqual([theirs.id, ""]);
  });

  test("to another site, whatever its form says", async () => {
    const { path, cookie } = await write("Not to be touched");
    for (const headers of [
      { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" },
      { "Sec-Fetch-Site": "same-site", Origin: "https://other.example" },
      { "Sec-Fetch-Site": "none" },
      { "Sec-Fetch-Site": "cross-site", Origin: "null" },
    ]) {
      expect(await edit(path, cookie, headers)).toBe(refusedAt("unauthorized"));
      const gone = await lead(path, { _method: "DELETE", from: PAGE }, { Cookie: cookie, ...headers });
      expect(gone).toBe(refusedAt("unauthorized"));
    }
    expect(await textOf(path)).toBe("Not to be touched");
  });

  test("beside a bearer token, which counts alone", async () => {
    const { path, cookie } = await write("Mine by cookie");
    await client(() => server)
      .patch(path, { comment: "Edited" })
      .set({ Cookie: cookie, "Sec-Fetch-Site": "same-origin" })
      .set(...bearer("edit_of-something-else"))
      .expect(401);
  });

  test("when it is broken, or one of a thousand", async () => {
    const { id, path, cookie } = await write("Whole");
    const value = cookie.slice("antiphon-edit=".length);
    const broken = [
      "",
      "~",
      "~~~~~~~~~~~~",
      value.replace(".", ":"),
      value.slice(0, -1),
      `${value}x`,
      `0${value}`,
      `-${value}`,
      `1e3.${value.split(".")[1]}`,
      `${id}.`,
      `.${value}`,
      encodeURIComponent(`[${value}]`),
      "%",
      "__proto__",
      `${"1.x~".repeat(500)}${value}`,
    ];
    for (const one of broken)
      expect([one.slice(0, 60), await edit(path, `antiphon-edit=${one}`)]).toEqual([
        one.slice(0, 60),
        refusedAt("unauthorized"),
      ]);
    const crowd = Array.from({ length: 1000 }, (_, n) => `c${n}=1`).join("; ");
    expect(await edit(path, `${crowd}; antiphon-edit=; antiphon-edit=x; ${cookie}`)).toBe(
      refusedAt("unauthorized"),
    );
    expect(await textOf(path)).toBe("Whole");
    expect(await edit(path, `${crowd}; ${cookie}; antiphon-edit=x`)).toContain(`#comment-${id}`);
    expect(await textOf(path)).toBe("Edited");
    // What is left of a broken one is not handed on.
    const next = await write("Next", `antiphon-edit=<script>~${value}~1.${"x".repeat(99)}`);
    expect(next.cookie).toBe(`antiphon-edit=${next.cookie.split(/[=~]/)[1]}~${value}`);
  });
});

describe("the cookie is given to nobody", () => {
  const fields = { comment: "By something else", from: PAGE };

  test("but a browser's own form on a page of ours", async () => {
    const others: object[] = [
      { Accept: "*/*" },
      { Accept: "application/json" },
      { "Sec-Fetch-Mode": "cors" },
      { "Sec-Fetch-Mode": "same-origin" },
      { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" },
      { "Sec-Fetch-Site": "same-site" },
      { "Sec-Fetch-Site": "none" },
    ];
    for (const [n, headers] of others.entries()) {
      const answer = await submit("/api/comments/1", { ...fields, author: `Somebody ${n}` }, headers);
      expect([headers, answer.headers["set-cookie"]]).toEqual([headers, undefined]);
    }
    const program = await comment("By a program", { from: PAGE }).set(byHand).expect(201);
    expect(program.headers).not.toHaveProperty("set-cookie");
  });

  test("who is signed in, and nobody whose form was refused", async () => {
    const { browser } = await addSignedIn(server);
    const own = await submit("/api/comments/1", { comment: "With an account" }, browser).expect(303);
    const refused = await submit("/api/comments/1", { comment: " " }).expect(303);
    const voted = await submit("/api/comments/1/3/vote", { _method: "PUT", value: "1" }).expect(303);
    for (const answer of [own, refused, voted]) expect(answer.headers).not.toHaveProperty("set-cookie");
  });

  test("and stands in no address, answer or line of the log", async () => {
    const { path, cookie, answer } = await write("A secret goes with this");
    await edit(path, cookie);
    const [, token = "?"] = /\.([\w-]{43})$/.exec(cookie) ?? [];
    const pages = [await get(PAGE), await get(path), await get("/api/comments/1")];
    const mine = await get(PAGE).set("Cookie", cookie);
    for (const text of [answer.headers.location, answer.text, ...[...pages, mine].map((page) => page.text)])
      expect(text).not.toContain(token);
    expect(server.logs()).toContain("INSERT INTO comments");
    expect(server.logs()).not.toContain(token);
  });
});

test("what is shown to who brings it is kept by nobody, and what is kept is not given to them", async () => {
  const { cookie } = await write("For caches");
  for (const path of [PAGE, "/api/comments/1", "/api/comments/1?view=tree", "/api/posts/1"]) {
    for (let n = 0; n < 2; n++) await get(path).expect(200);
    for (const mine of [cookie, "antiphon-edit=broken"]) {
      const { headers } = await get(path).set("Cookie", mine).expect(200);
      // Without no-store a browser's Back button still holds what was typed.
      const kept = path === PAGE ? "private, no-cache" : "private, no-store";
      expect([path, headers["cache-control"]]).toEqual([path, kept]);
      expect(headers).not.toHaveProperty("cache-status");
    }
    const { headers } = await get(path).set("Cookie", "theme=dark");
    expect([path, headers["cache-control"]]).toEqual([path, "public, max-age=0, must-revalidate"]);
  }
});
