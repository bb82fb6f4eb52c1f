import { beforeAll, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { bearer, client } from "../support/client";
import { Contract } from "../support/contract";
import { settledLogs } from "../support/logs";
import { addPerson, cookieOf, fromHere, signIn } from "../support/people";
import { type Server, startServer } from "../support/server";

let server: Server;
let contract: Contract;
const { get, post, patch, delete: del, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on" });
  contract = await Contract.of(server.url);
});

let made = 0;

async function person(role: "admin" | "moderator" | "author" | "member" = "member") {
  const added = await addPerson(server, role, `Owner ${++made}`);
  const cookie = cookieOf(await signIn(server, added.email));
  const make = (body: object) => post("/api/tokens", body).set("Cookie", cookie).set(fromHere);
  return { ...added, cookie, make };
}

const soon = () => new Date(Date.now() + 3_600_000).toISOString();

describe("an API token", () => {
  test("is made by its owner, shown once, and does what its owner may", async () => {
    const { id, cookie, make } = await person("author");
    const res = await make({ name: " My script " }).expect(201);
    contract.expectKept("POST", "/api/tokens", res);
    const { token, ...rest } = res.body;
    expect(rest).toEqual({
      id: expect.any(Number),
      user: id,
      name: "My script",
      scope: "full",
      role: "author",
      createdAt: expect.any(String),
      expiresAt: null,
    });
    expect(token).toMatch(/^antiphon_[\w-]{43}$/);
    expect(res.headers["cache-control"]).toBe("private, no-store");
    expect(
      (
        await get("/api/user")
          .set(...bearer(token))
          .expect(200)
      ).body.id,
    ).toBe(id);
    const list = await get("/api/tokens").set("Cookie", cookie).expect(200);
    contract.expectKept("GET", "/api/tokens", list);
    expect(list.body).toEqual([rest]);
    await get("/api/tokens")
      .set("Cookie", cookie)
      .set("If-None-Match", list.headers.etag ?? "")
      .expect(304);
  });

  test("is kept as a hash only, and is in no log", async () => {
    const { make } = await person();
    const { token } = (await make({ name: "Secret" })).body;
    const database = new Database(server.databaseFile, { readonly: true });
    const kept = JSON.stringify(database.prepare("SELECT * FROM tokens").all());
    database.close();
    expect(kept).toContain("Secret");
    expect(kept).not.toContain(token.slice(9));
    expect(await settledLogs(server)).not.toContain(token.slice(9));
  });

  test("is not shown again to a retry: an Idempotency-Key does nothing here", async () => {
    const { make } = await person();
    const key = "a-key-that-is-long-enough";
    const [one, two] = [
      await make({ name: "Once" }).set("Idempotency-Key", key),
      await make({ name: "Once" }).set("Idempotency-Key", key),
    ];
    expect(one.body.token).not.toBe(two.body.token);
    expect(two.headers).not.toHaveProperty("idempotent-replayed");
  });

  test("with the scope read changes nothing, its own rights included", async () => {
    const { make } = await person();
    const auth = bearer((await make({ name: "Reader", scope: "read" })).body.token);
    await get("/api/user")
      .set(...auth)
      .expect(200);
    for (const call of [
      patch("/api/user", { profession: "x" }),
      post("/api/tokens", { name: "More" }),
      post("/api/comments", { post: 1, comment: "x" }),
      del("/api/user/data"),
    ])
      expect((await call.set(...auth).expect(403)).body.code).toBe("insufficient_scope");
  });

  test("has at most its owner's role, and falls with it", async () => {
    const { id, make } = await person("moderator");
    expect((await make({ name: "x", role: "admin" }).expect(403)).body.code).toBe("forbidden");
    const lower = bearer((await make({ name: "x", role: "member" })).body.token);
    const full = bearer((await make({ name: "x" })).body.token);
    const pending = (auth: [string, string]) => get("/api/comments?status=pending").set(...auth);
    await pending(lower).expect(403);
    await pending(full).expect(200);
    await patch(`/api/users/${id}`, { role: "member" })
      .set(...admin())
      .expect(200);
    await pending(full).expect(403);
  });

  test("makes tokens that can do no more, and live no longer, than itself", async () => {
    const { make } = await person("admin");
    const expiresAt = soon();
    const auth = bearer((await make({ name: "Short", role: "author", expiresAt })).body.token);
    const child = (body: object) => post("/api/tokens", { name: "Child", ...body }).set(...auth);
    expect((await child({}).expect(201)).body).toMatchObject({ role: "author", expiresAt });
    await child({ role: "admin" }).expect(403);
    await child({ expiresAt: new Date(Date.now() + 7_200_000).toISOString() }).expect(403);
    const { id } = await person();
    // The right to make tokens for others is the admin's role, which this one has not.
    await child({ user: id }).expect(403);
  });

  test("that is over opens nothing", async () => {
    const { make } = await person();
    for (const expiresAt of ["2020-01-01T00:00:00Z", "tomorrow", ""])
      expect((await make({ name: "x", expiresAt }).expect(400)).body.issues).toMatchObject([
        { path: ["expiresAt"] },
      ]);
    const { body } = await make({ name: "x", expiresAt: soon() }).expect(201);
    await get("/api/user")
      .set(...bearer(body.token))
      .expect(200);
    const database = new Database(server.databaseFile);
    database.prepare("UPDATE tokens SET expires_at = '2020-01-01T00:00:00.000Z' WHERE id = ?").run(body.id);
    database.close();
    await get("/api/user")
      .set(...bearer(body.token))
      .expect(401);
  });

  test("is ended by its owner and by admins; to others it is as if it were not there", async () => {
    const [owner, other] = [await person(), await person("moderator")];
    const { token, ...rest } = (await owner.make({ name: "x" })).body;
    const end = (cookie: string) => del(`/api/tokens/${rest.id}`).set("Cookie", cookie).set(fromHere);
    await del(`/api/tokens/${rest.id}`).expect(401);
    expect((await end(other.cookie).expect(404)).body).toMatchObject({
      code: "token_not_found",
      error: "Token not found",
    });
    const res = await end(owner.cookie).expect(200);
    contract.expectKept("DELETE", `/api/tokens/${rest.id}`, res);
    expect(res.body).toEqual({ message: "Token deleted", deleted: rest });
    await get("/api/user")
      .set(...bearer(token))
      .expect(401);
    await end(owner.cookie).expect(404);
    const second = (await owner.make({ name: "y" })).body;
    await del(`/api/tokens/${second.id}`)
      .set(...admin())
      .set("Prefer", "return=minimal")
      .expect(204, "");
    await get("/api/user")
      .set(...bearer(second.token))
      .expect(401);
  });

  test("of the server itself belongs to nobody: it has none of its own, and makes them for others", async () => {
    const { id, cookie } = await person("author");
    await get("/api/tokens")
      .set(...admin())
      .expect(403);
    await post("/api/tokens", { name: "x" })
      .set(...admin())
      .expect(403);
    const res = await post("/api/tokens", { name: "Bot", user: id, scope: "read" })
      .set(...admin())
      .expect(201);
    expect(res.body).toMatchObject({ user: id, role: "author", scope: "read" });
    expect(
      (
        await get(`/api/tokens?user=${id}`)
          .set(...admin())
          .expect(200)
      ).body,
    ).toHaveLength(1);
    expect((await get("/api/tokens").set("Cookie", cookie)).body).toHaveLength(1);
    expect(
      (
        await post("/api/tokens", { name: "x", user: 99_999 })
          .set(...admin())
          .expect(404)
      ).body.code,
    ).toBe("user_not_found");
    const stranger = await person("moderator");
    await get(`/api/tokens?user=${id}`).set("Cookie", stranger.cookie).expect(403);
    await stranger.make({ name: "x", user: id }).expect(403);
  });

  test("is refused with what is wrong, and made for nobody who is nobody", async () => {
    const { make } = await person();
    for (const [body, path] of [
      [{}, "name"],
      [{ name: " " }, "name"],
      [{ name: "x".repeat(81) }, "name"],
      [{ name: "x", scope: "write" }, "scope"],
      [{ name: "x", role: "god" }, "role"],
      [{ name: "x", user: "1; DROP TABLE users" }, "user"],
    ] as const)
      expect((await make(body).expect(400)).body.issues[0].path).toEqual([path]);
    for (const member of ["hash", "token", "id", "createdAt"])
      await make({ name: "x", [member]: "1" }).expect(400);
    await get("/api/tokens").expect(401);
    await post("/api/tokens", { name: "x" }).expect(401);
    await get("/api/user")
      .set(...bearer("antiphon_"))
      .expect(401);
    await get("/api/user")
      .set(...bearer("x".repeat(5000)))
      .expect(401);
  });

  test("is in a list that comes page by page", async () => {
    const { cookie, make } = await person();
    const ids = [];
    for (let n = 0; n < 5; n++) ids.push((await make({ name: `${n}` })).body.id);
    const seen: number[] = [];
    for (let next: string | undefined = "/api/tokens?limit=2"; next; ) {
      const res: Awaited<ReturnType<typeof get>> = await get(next).set("Cookie", cookie).expect(200);
      seen.push(...res.body.map((one: { id: number }) => one.id));
      next = /<([^>]+)>; rel="next"/.exec(res.headers.link ?? "")?.[1];
    }
    expect(seen).toEqual(ids);
  });
});
