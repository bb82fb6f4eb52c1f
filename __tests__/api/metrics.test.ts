import { statSync } from "node:fs";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { bearer, client } from "@/__tests__/support/client";
import { type Exposition, parseExposition } from "@/__tests__/support/exposition";
import { upload } from "@/__tests__/support/files";
import { readDocument } from "@/__tests__/support/markdown";
import { startReceiver } from "@/__tests__/support/receiver";
import { type Server, startServer } from "@/__tests__/support/server";
import { addPerson } from "@/__tests__/support/tokens";
import { until } from "@/__tests__/support/until";
import { operations } from "@/lib/operations";

const METRICS_TOKEN = "of-nobody-but-prometheus-0123456789";
const REQUESTS = "antiphon_http_requests_total";
const LATENCY = "antiphon_http_request_duration_seconds";

let server: Server;
const { get, head, post, patch, comment, admin, ...http } = client(() => server);

beforeAll(async () => {
  server = await startServer({
    MODERATION: "open",
    METRICS_TOKEN,
    SEED: "on",
    WEBHOOK_ALLOW: "127.0.0.1",
  });
});

async function scrape(): Promise<Exposition> {
  const { text } = await get("/api/metrics")
    .set(...bearer(METRICS_TOKEN))
    .expect(200);
  return parseExposition(text);
}

type Sum = Exposition["sum"];

/** What `work` adds to a number, once `settled` holds for that: an answer is counted just after it is out. */
async function during(work: () => Promise<unknown>, settled: (risen: Sum) => boolean): Promise<Sum> {
  const before = await scrape();
  await work();
  let after = await scrape();
  const risen: Sum = (name, labels) => after.sum(name, labels) - before.sum(name, labels);
  await until(async () => {
    after = await scrape();
    return settled(risen);
  });
  return risen;
}

const thread = { route: "/api/comments/{id}", method: "GET" };

describe("the metrics", () => {
  it("are in the text format of Prometheus, whatever of it is asked for", async () => {
    for (const accept of [
      "*/*",
      "text/plain",
      "text/plain;version=0.0.4",
      "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1",
    ]) {
      const { headers, text } = await get("/api/metrics")
        .set(...admin())
        .set("Accept", accept)
        .expect(200);
      expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
      expect(headers["cache-control"]).toBe("private, no-store");
      expect(headers.etag).toBeUndefined();
      parseExposition(text);
    }
    await get("/api/metrics?x=1")
      .set(...admin())
      .expect(400);
    expect((await head("/api/metrics").set(...admin())).status).toBe(200);
  });

  it("are all listed in docs/operations.md, and no others", async () => {
    const { types } = await scrape();
    const rows = readDocument("docs/operations.md").rows.filter(({ under }) => under === "Metrics");
    expect([...types.keys()].sort()).toEqual(rows.map(({ cells: [name] }) => name).sort());
  });

  it("are for admins, and for METRICS_TOKEN, which opens nothing else", async () => {
    await get("/api/metrics").expect(401);
    await get("/api/metrics")
      .set(...bearer(METRICS_TOKEN.slice(0, -1)))
      .expect(401);
    await get("/api/metrics")
      .set(...addPerson(server, "moderator").header)
      .expect(403);
    await get("/api/metrics")
      .set(...addPerson(server, "admin").header)
      .expect(200);
    for (const path of ["/api/moderation", "/api/users", "/api/audit", "/api/tokens"]) {
      await get(path)
        .set(...bearer(METRICS_TOKEN))
        .expect(401);
    }
    const held = await comment("Held");
    await patch(`/api/comments/1/${held.body.id}`, { status: "pending" })
      .set(...bearer(METRICS_TOKEN))
      .expect(401);
    const closed = await startServer({ SEED: "on" });
    for (const token of [METRICS_TOKEN, "", "null", "undefined"])
      await client(() => closed)
        .get("/api/metrics")
        .set(...bearer(token))
        .expect(401);
    await closed.stop();
  });
});

describe("requests are counted", () => {
  it("by the pattern of their route, method and status, with how long they took", async () => {
    const labels = { route: "/api/comments/{id}/{commentId}", method: "PATCH", status: "401" };
    const risen = await during(
      async () => {
        for (let n = 0; n < 3; n++) await patch("/api/comments/1/1", { comment: "Not mine" }).expect(401);
        await get("/api/comments/nobody-has-this").expect(404);
        await post("/api/comments", { post: 1, comment: "Counted" }).expect(201);
        await get("/api/no/such/thing").expect(404);
        await get("/docs").expect(200);
      },
      (by) => by(REQUESTS, { route: "page" }) === 1,
    );
    expect(risen(REQUESTS, labels)).toBe(3);
    expect(risen(REQUESTS, { ...thread, status: "404" })).toBe(1);
    expect(risen(REQUESTS, { route: "/api/comments", method: "POST", status: "201" })).toBe(1);
    expect(risen(REQUESTS, { route: "/api/{missing}", status: "404" })).toBe(1);
    const { route, method } = labels;
    expect(risen(`${LATENCY}_count`, { route, method })).toBe(3);
    expect(risen(`${LATENCY}_bucket`, { route, method, le: "+Inf" })).toBe(3);
    expect(risen(`${LATENCY}_sum`, { route, method })).toBeGreaterThan(0);
  });

  it("also where the response cache answers, whole or that nothing has changed", async () => {
    const { headers } = await get("/api/comments/1").expect(200);
    const risen = await during(
      async () => {
        for (let n = 0; n < 5; n++) await get("/api/comments/1").expect(200);
        for (let n = 0; n < 4; n++)
          await get("/api/comments/1")
            .set("If-None-Match", headers.etag ?? "")
            .expect(304);
        for (let n = 0; n < 2; n++) await head("/api/comments/1").expect(200);
        await get("/posts/react-hooks").expect(200);
        for (let n = 0; n < 2; n++) await get("/posts/react-hooks").expect(200);
      },
      (by) => by(REQUESTS, { route: "page", status: "200" }) === 3,
    );
    expect(risen(REQUESTS, { ...thread, status: "200" })).toBe(5);
    expect(risen(REQUESTS, { ...thread, status: "304" })).toBe(4);
    expect(risen(REQUESTS, { ...thread, method: "HEAD", status: "200" })).toBe(2);
    expect(risen("antiphon_cache_requests_total", { result: "hit" })).toBe(13);
    expect(risen("antiphon_cache_requests_total", { result: "miss" })).toBe(1);
    expect(risen(`${LATENCY}_count`, thread)).toBe(0);
    const { sum } = await scrape();
    expect(sum("antiphon_cache_resources")).toBeGreaterThan(1);
    expect(sum("antiphon_cache_bytes")).toBeGreaterThan(1000);
  });

  it("with no more labels than there are routes, methods and statuses, whatever is asked", async () => {
    const before = (await scrape()).samples.length;
    for (let n = 0; n < 30; n++) {
      await get(`/api/comments/slug-${n}`).expect(404);
      await get(`/api/x${n}/${n}?y${n}=${n}`).expect(404);
      await get(`/page-${n}`).expect(404);
      await get(`/_next/static/${n}.js`).expect(404);
      await fetch(`${server.url}/api/comments`, { method: `M${n}` }).catch(() => undefined);
    }
    await fetch(`${server.url}/api/comments`, { method: "PROPFIND" });
    const { samples } = await scrape();
    expect(samples.length - before).toBeLessThan(80);
    const known = new Set([
      ...operations.map(({ path }) => path),
      "/api/{missing}",
      "page",
      "static",
      "none",
    ]);
    const routes = samples.flatMap(({ labels: { route } }) => (route === undefined ? [] : [route]));
    // A seed's ending is looked at by its handler.
    expect(routes.filter((route) => !known.has(route) && route !== "/api/avatars/{seed}")).toEqual([]);
    const methods = new Set(samples.flatMap(({ labels: { method } }) => method ?? []));
    expect([...methods].every((one) => /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|other)$/.test(one))).toBe(
      true,
    );
    expect(methods).toContain("other");
  });
});

describe("what is kept and done is counted", () => {
  it("writes, commits, the queue and comments", async () => {
    const risen = await during(
      async () => {
        const made = await Promise.all(
          Array.from({ length: 12 }, (_, n) => comment(`Together ${n}`).expect(201)),
        );
        for (const { body } of made.slice(0, 2))
          await patch(`/api/comments/1/${body.id}`, { status: "pending" })
            .set(...admin())
            .expect(200);
        await post(`/api/comments/1/${made[5]?.body.id}/report`, { reason: "spam" }).expect(202);
      },
      (by) => by("antiphon_queue_reported") === 1,
    );
    expect(risen("antiphon_comments")).toBe(10);
    expect(risen("antiphon_queue_pending")).toBe(2);
    const [writes, commits] = [risen("antiphon_store_writes_total"), risen("antiphon_store_commits_total")];
    expect(writes).toBeGreaterThanOrEqual(15);
    expect(commits).toBeGreaterThanOrEqual(4);
    expect(commits).toBeLessThanOrEqual(writes);
    expect(risen("antiphon_store_commit_seconds_total")).toBeGreaterThan(0);
    const { sum } = await scrape();
    expect(sum("antiphon_posts")).toBe(2);
    expect(sum("antiphon_store_writes_waiting")).toBe(0);
    expect(sum("antiphon_connections")).toBeGreaterThan(0);
    expect(sum("process_resident_memory_bytes")).toBeGreaterThan(2 ** 24);
    expect(sum("process_cpu_user_seconds_total")).toBeGreaterThan(0);
    expect(Date.now() / 1000 - sum("process_start_time_seconds")).toBeLessThan(600);
  });

  it("what goes out: what waits, since when, what came of each call and how long it took", async () => {
    const receiver = await startReceiver();
    const hook = await post("/api/webhooks", { url: receiver.url })
      .set(...admin())
      .expect(201);
    const state = (one: string) => ({ state: one });
    const outcome = (one: string) => ({ outcome: one });
    const [deliveries, attempts] = ["antiphon_outbox_deliveries", "antiphon_outbox_attempts_total"];
    const arrived = await during(
      () => comment("Told outside"),
      (by) => by(deliveries, state("delivered")) === 1,
    );
    expect(arrived(attempts, outcome("delivered"))).toBe(1);
    expect(arrived("antiphon_outbox_attempt_duration_seconds_count")).toBe(1);
    expect(arrived("antiphon_outbox_attempt_duration_seconds_sum")).toBeGreaterThan(0);
    receiver.answer = 500;
    const refused = await during(
      () => comment("Not heard"),
      (by) => by("antiphon_webhooks", state("failing")) === 1,
    );
    expect(refused(attempts, outcome("status"))).toBe(1);
    expect(refused(deliveries, state("waiting"))).toBe(1);
    expect(refused("antiphon_outbox_overdue_seconds")).toBe(0);
    // Four calls hang, so what follows is due and nobody tries it.
    receiver.answer = () => undefined;
    const hung = await during(
      async () => {
        for (let n = 0; n < 6; n++) await comment(`Hangs ${n}`);
      },
      (by) => by("antiphon_outbox_overdue_seconds") > 0,
    );
    expect(hung(deliveries, state("waiting"))).toBe(6);
    const gone = await during(
      () => http.delete(`/api/webhooks/${hook.body.id}`).set(...admin()),
      (by) => by("antiphon_webhooks") === -1,
    );
    expect(gone(deliveries)).toBe(-8);
    expect((await scrape()).sum("antiphon_outbox_overdue_seconds")).toBe(0);
  });

  it("how large the database, its log and the files are", async () => {
    const before = await scrape();
    const database = before.sum("antiphon_database_bytes");
    expect(database).toBeGreaterThan(100_000);
    expect(before.sum("antiphon_database_free_bytes")).toBeLessThan(database);
    await upload(server, "x".repeat(1000), "size.txt").expect(201);
    const after = await scrape();
    expect(after.sum("antiphon_files_bytes")).toBe(before.sum("antiphon_files_bytes") + 1000);
    expect(after.sum("antiphon_database_wal_bytes")).toBe(statSync(`${server.databaseFile}-wal`).size);
  });

  it("buckets of a histogram hold what those below hold, and +Inf all", async () => {
    const { samples } = await scrape();
    const keys = samples.filter(({ name }) => name === `${LATENCY}_count`);
    expect(keys.length).toBeGreaterThan(5);
    for (const { labels, value } of keys) {
      const buckets = samples.filter(
        (one) =>
          one.name === `${LATENCY}_bucket` &&
          Object.entries(labels).every(([name, text]) => one.labels[name] === text),
      );
      const values = buckets.map((one) => one.value);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(buckets.at(-1)).toMatchObject({ labels: { le: "+Inf" }, value });
    }
  });

  it("and nothing is told of whom or what", async () => {
    const marked = {
      author: "Marked Person",
      email: "marked@example.org",
      website: "https://marked.example/",
    };
    const { body } = await comment("A marked text", {
      post: "http://localhost/marked-page",
      ...marked,
    }).expect(201);
    await get(`/api/comments/${body.post}/${body.id}?marked=1`).expect(400);
    await get("/api/search?q=marked").expect(200);
    await get("/api/files/marked.txt").expect(404);
    const { text } = await get("/api/metrics").set(...bearer(METRICS_TOKEN));
    for (const secret of [
      "marked",
      "Marked",
      METRICS_TOKEN,
      server.adminToken,
      "127.0.0.1",
      "antiphon.db",
      body.editToken,
    ])
      expect(text).not.toContain(secret);
    expect(text).not.toMatch(/\/api\/[a-z/]*\d/);
    await until(() => server.logs().includes("/api/metrics"));
    expect(server.logs()).not.toContain(METRICS_TOKEN);
  });
});
