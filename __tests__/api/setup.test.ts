import { describe, expect, test } from "@jest/globals";
import { client } from "../support/client";
import { settledLogs } from "../support/logs";
import { addPerson, cookieOf, PASSWORD, signIn } from "../support/people";
import { type Server, startServer } from "../support/server";

/** The setup token that a server has printed, or undefined. */
function setupOf(server: Server): string | undefined {
  return /\/login\?setup=([\w-]{43})$/m.exec(server.logs())?.[1];
}

const grace = { name: "Grace", email: "grace@example.org", password: PASSWORD };

describe("the first start on a new database", () => {
  test("prints a link that makes the first admin's account and signs in with it, once", async () => {
    const server = await startServer();
    const { get, post } = client(() => server);
    const setup = setupOf(server);
    expect(setup).toBeDefined();
    expect((await get(`/login?setup=${setup}`)).text).toContain("Make your account");

    const made = await post("/api/users", { setup, ...grace }).expect(201);
    expect(made.body).toMatchObject({ id: 1, name: "Grace", role: "admin", email: grace.email });
    expect(JSON.stringify(made.body)).not.toMatch(/password|argon2|setup/);
    expect(made.headers.location).toBe("/api/users/1");
    const me = await get("/api/session").set("Cookie", cookieOf(made)).expect(200);
    expect(me.body.user).toMatchObject({ id: 1, role: "admin" });
    expect((await signIn(server, grace.email)).status).toBe(201);

    const again = await post("/api/users", { setup, ...grace, email: "other@example.org" }).expect(403);
    expect(again.body.code).toBe("setup_done");
    expect(again.headers).not.toHaveProperty("set-cookie");
    expect((await get(`/login?setup=${setup}`)).text).toContain("was used, or is too old");

    const log = await settledLogs(server);
    expect(log).toContain('"event":"setup link used","user":1');
    expect(log.replace(/^ .*\/login\?setup=.*$/gm, "")).not.toContain(setup);
    expect(setupOf(await server.restart())).toBeUndefined();
  });

  test("makes one account of two that race for it", async () => {
    const server = await startServer();
    const setup = setupOf(server);
    const { post, get, admin } = client(() => server);
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        post("/api/users", { setup, ...grace, name: `Grace ${n}`, email: `${n}@example.org` }),
      ),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([201, 403, 403, 403, 403, 403]);
    expect((await get("/api/users").set(...admin())).body).toHaveLength(1);
  });

  test("prints none where somebody can sign in already, and none twice", async () => {
    const server = await startServer();
    expect(setupOf(server)).toBeDefined();
    expect(setupOf(await server.restart())).toBeUndefined();
    const other = await startServer();
    await addPerson(other);
    expect(setupOf(await other.restart())).toBeUndefined();
  });

  test("names the address that the world knows", async () => {
    const server = await startServer({ PUBLIC_URL: "https://c.example" });
    expect(server.logs()).toMatch(/^ {2}https:\/\/c\.example\/login\?setup=[\w-]{43}$/m);
  });
});

test("a wrong token, a weak password or another site makes no account, and leaves the link open", async () => {
  const server = await startServer();
  const setup = setupOf(server);
  const { post, get, admin } = client(() => server);
  for (const token of ["x", "", "y".repeat(43), "z".repeat(200)]) {
    const res = await post("/api/users", { setup: token, ...grace });
    expect([token, [400, 401, 403].includes(res.status)]).toEqual([token, true]);
  }
  for (const password of ["short", "Password123", "12345678", "x".repeat(257), undefined, ""])
    expect((await post("/api/users", { setup, ...grace, password }).expect(400)).body.code).toBe(
      "invalid_input",
    );
  for (const wrong of [{ role: "member" }, { name: "" }, { email: "no" }, { id: 7 }])
    expect((await post("/api/users", { setup, ...grace, ...wrong })).status).toBe(400);
  await post("/api/users", { setup, ...grace })
    .set("Origin", "https://evil.example")
    .expect(403);
  expect((await get("/api/users").set(...admin())).body).toEqual([]);
  await post("/api/users", { setup, ...grace }).expect(201);
});

test("a browser's own form is led on, signed in, or back with the error said", async () => {
  const server = await startServer();
  const setup = setupOf(server) ?? "";
  const send = (more: object) =>
    client(() => server)
      .post("/api/users")
      .set("Accept", "text/html")
      .type("form")
      .send({ setup, ...grace, next: "/docs", ...more });
  const weak = await send({ password: "Password123" }).expect(303);
  expect(weak.headers.location).toBe(`/login?error=invalid_input&field=password&next=%2Fdocs&setup=${setup}`);
  const page = await client(() => server)
    .get(weak.headers.location ?? "")
    .expect(200);
  expect(page.text).toContain("Take a password of 8 to 256 characters");
  const made = await send({}).expect(303);
  expect(made.headers.location).toBe("/docs");
  await client(() => server)
    .get("/api/session")
    .set("Cookie", cookieOf(made))
    .expect(200);
});
