import { describe, expect, test } from "@jest/globals";
import { bearer, client } from "../support/client";
import { addSignedIn } from "../support/people";
import { startServer } from "../support/server";

const settings = { SEED: "on", MODERATION: "open", RATE_LIMIT: "on" };

describe("rate limits", () => {
  test("let the quota through, then answer 429 with Retry-After and RateLimit fields", async () => {
    const server = await startServer(settings);
    const { comment } = client(() => server);
    const began = Date.now();
    const all = await Promise.all(Array.from({ length: 60 }, () => comment("Flood")));
    const refused = all.filter(({ status }) => status === 429);
    expect(all.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(20);
    // One more is let through every three seconds.
    expect(refused.length).toBeGreaterThanOrEqual(40 - Math.ceil((Date.now() - began) / 3000));
    for (const { headers } of all) {
      expect(headers["ratelimit-policy"]).toBe('"comments";q=20;w=60');
      expect(headers.ratelimit).toMatch(/^"comments";r=\d+;t=\d+$/);
    }
    const [first] = refused;
    expect(first?.body).toMatchObject({ code: "rate_limited", status: 429 });
    expect(first?.headers.ratelimit).toContain(";r=0;");
    expect(Number(first?.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(Number(first?.headers["retry-after"])).toBeLessThanOrEqual(4);
    expect(first?.headers["access-control-allow-origin"]).toBe("*");
  });

  test("hold over two processes on one database, and over a restart", async () => {
    const one = await startServer(settings);
    const two = await startServer({ ...settings, DATABASE_URL: `file:${one.databaseFile}` });
    const began = Date.now();
    const calls = Array.from({ length: 60 }, (_, n) =>
      client(() => (n % 2 ? one : two)).comment("From both sides"),
    );
    const passed = (await Promise.all(calls)).filter(({ status }) => status === 201).length;
    expect(passed).toBeGreaterThanOrEqual(20);
    // One more is let through every three seconds, and a restart may take longer.
    const refilled = () => Math.ceil((Date.now() - began) / 3000);
    expect(passed).toBeLessThanOrEqual(20 + refilled());
    const again = await one.restart();
    const after = Array.from({ length: refilled() + 1 }, () =>
      client(() => again).comment("After the restart"),
    );
    expect((await Promise.all(after)).map(({ status }) => status)).toContain(429);
  });

  test("let no more through of a thousand that come at once to two processes", async () => {
    const one = await startServer(settings);
    const two = await startServer({ ...settings, DATABASE_URL: `file:${one.databaseFile}` });
    const began = Date.now();
    const calls = Array.from({ length: 1000 }, (_, n) =>
      client(() => (n % 2 ? one : two)).comment(`One of a thousand, the ${n}th`),
    );
    const all = (await Promise.all(calls)).map(({ status }) => status);
    // A quota of 20 in a minute is refilled by one every three seconds.
    const refilled = Math.ceil((Date.now() - began) / 3000);
    const passed = all.filter((status) => status === 201).length;
    expect(passed).toBeGreaterThanOrEqual(20);
    expect(passed).toBeLessThanOrEqual(20 + refilled);
    expect(all.filter((status) => status === 429)).toHaveLength(1000 - passed);
  }, 60_000);

  test("do not keep a token that only reads, nor another site's page, from a POST that changes nothing", async () => {
    const server = await startServer({ ...settings, SEED: "on" });
    const { post } = client(() => server);
    const { browser } = await addSignedIn(server, "moderator");
    const { body } = await post("/api/tokens", { name: "reads", scope: "read" }).set(browser).expect(201);
    await post("/api/preview", { comment: "Hello" })
      .set(...bearer(body.token))
      .expect(200);
    await post("/api/preview", { comment: "Hello" })
      .set({ ...browser, "Sec-Fetch-Site": "cross-site" })
      .expect(200);
    await post("/api/comments/1", { comment: "Hello" })
      .set(...bearer(body.token))
      .expect(403);
    await post("/api/comments/1", { comment: "Hello" })
      .set({ ...browser, "Sec-Fetch-Site": "cross-site" })
      .expect(403);
  });

  test("do not bind moderators, nor reading, nor count what another network did", async () => {
    const server = await startServer({ ...settings, TRUST_PROXY: "1" });
    const { comment, get, admin } = client(() => server);
    for (let n = 0; n < 25; n++)
      await comment("As the admin")
        .set(...admin())
        .expect(201);
    for (let n = 0; n < 20; n++)
      await comment("From one place").set("X-Forwarded-For", "203.0.113.7").expect(201);
    await comment("From one place").set("X-Forwarded-For", "203.0.113.7").expect(429);
    await comment("From another").set("X-Forwarded-For", "203.0.113.8").expect(201);
    for (let n = 0; n < 100; n++) await get("/api/comments?limit=1").expect(200);
  });
});

describe("the caller's address", () => {
  const flood = async (trust: string | undefined, forwarded: (n: number) => string) => {
    const server = await startServer({ ...settings, ...(trust && { TRUST_PROXY: trust }) });
    const { comment } = client(() => server);
    const all = [];
    for (let n = 0; n < 30; n++)
      all.push(
        (await comment("Who am I?").set("X-Forwarded-For", forwarded(n)).set("X-Real-IP", `198.51.100.${n}`))
          .status,
      );
    return all.filter((status) => status === 201).length;
  };

  test("is not taken from X-Forwarded-For by default", async () => {
    expect(await flood(undefined, (n) => `203.0.113.${n}`)).toBeLessThan(25);
  });

  test("behind one proxy is the last hop: what the caller wrote before it does not count", async () => {
    expect(await flood("1", (n) => `203.0.113.${n}, 192.0.2.1`)).toBeLessThan(25);
    expect(await flood("1", (n) => `192.0.2.1, 203.0.113.${n}`)).toBe(30);
  });

  test("behind named proxies is the first hop from the end that is none of them", async () => {
    expect(
      await flood("127.0.0.0/8, 10.0.0.0/8", (n) => `203.0.113.${n}, 192.0.2.1, 10.0.0.${n}`),
    ).toBeLessThan(25);
    expect(await flood("127.0.0.1, 10.0.0.0/8", (n) => `203.0.113.${n}:4711, ::ffff:10.0.0.1`)).toBe(30);
  });

  test("is the /64 of an IPv6 network", async () => {
    expect(await flood("1", (n) => `2001:db8:1:2::${n}`)).toBeLessThan(25);
    expect(await flood("1", (n) => `[2001:db8:1:${n}::1]:443`)).toBe(30);
  });

  test("survives nonsense", async () => {
    const nonsense = [
      "",
      ",",
      ",,,",
      "x",
      "1.2.3.4.5",
      "a".repeat(9000),
      Array(1000).fill("1.1.1.1").join(),
      "::ffff:",
      "[::1",
      "%00",
    ];
    expect(await flood("2", (n) => nonsense[n % nonsense.length] ?? "")).toBeGreaterThan(0);
  });
});
