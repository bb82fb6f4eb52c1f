import { beforeAll, describe, expect, test } from "@jest/globals";
import { bearer, client } from "../support/client";
import { Contract } from "../support/contract";
import { addPerson, addSignedIn, cookieOf, fromHere, PASSWORD, signIn } from "../support/people";
import { type Server, startServer } from "../support/server";

let server: Server;
let contract: Contract;
const { get, post, put, patch, delete: del, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
  contract = await Contract.of(server.url);
});

let made = 0;

/** A person whom the admin made, with a token of theirs. */
async function person(more: object = {}, token: object = {}) {
  const name = `Person ${++made}`;
  const sent = { name, email: `person-${made}@example.com`, ...more };
  const { body } = await post("/api/users", sent)
    .set(...admin())
    .expect(201);
  const answer = await post("/api/tokens", { user: body.id, name: "test", ...token })
    .set(...admin())
    .expect(201);
  const { message, ...profile } = body;
  return { ...sent, id: Number(body.id), profile, auth: bearer(answer.body.token) };
}

const PUBLIC = ["avatar", "createdAt", "id", "name", "profession", "role", "website"];
const keysOf = (body: object) => Object.keys(body).sort();

describe("an account", () => {
  test("is made by an admin: 201, the user, and where they are", async () => {
    const sent = { name: " Ada  L. ", email: "Ada@Example.com", profession: "Mathematician", role: "author" };
    const res = await post("/api/users", { ...sent, website: "https://ada.example" })
      .set(...admin())
      .expect(201);
    contract.expectKept("POST", "/api/users", res);
    expect(res.body).toEqual({
      id: expect.any(Number),
      name: "Ada L.",
      email: "Ada@Example.com",
      notify: "each",
      profession: "Mathematician",
      website: "https://ada.example/",
      avatar: expect.stringMatching(/^\/api\/avatars\/[0-9a-f]{16}\.svg$/),
      role: "author",
      createdAt: expect.any(String),
      message: "User created",
    });
    expect(res.headers.location).toBe(`/api/users/${res.body.id}`);
    expect(res.headers["cache-control"]).toBe("private, no-store");
    const { message, ...profile } = res.body;
    expect((await get(`/api/users/${res.body.id}`).set(...admin())).body).toEqual(profile);
    await get(profile.avatar).expect(200);
  });

  test("is made as JSON, as a form and as multipart alike", async () => {
    for (const [n, send] of [
      (sent: object) => post("/api/users").send(sent),
      (sent: object) => post("/api/users").type("form").send(sent),
      (sent: object) => post("/api/users").field({ ...sent }),
    ].entries()) {
      const res = await send({ name: `Three Ways ${n}`, email: `three-ways-${n}@example.com` }).set(
        ...admin(),
      );
      expect([res.status, res.body]).toMatchObject([201, { name: `Three Ways ${n}`, role: "member" }]);
    }
  });

  test("is not made by nobody, nor by somebody who is no admin, whatever they send", async () => {
    const { auth } = await person({ role: "moderator" });
    for (const body of [{ name: "X", email: "x@example.com" }, {}, { nonsense: 1 }]) {
      expect((await post("/api/users", body).expect(401)).body.error).toBe("Unauthorized");
      expect(
        (
          await post("/api/users", body)
            .set(...auth)
            .expect(403)
        ).body.code,
      ).toBe("forbidden");
    }
  });

  test("needs name and e-mail address, and takes nothing else that it does not know", async () => {
    const refused = async (body: object) => {
      const res = await post("/api/users", body)
        .set(...admin())
        .expect(400);
      expect(res.body).toMatchObject({ error: "Invalid input", code: "invalid_input" });
      return res.body.issues.map(({ path }: { path: string[] }) => path[0]);
    };
    const whole = { name: "Xenia", email: "xenia@example.com" };
    expect(await refused({})).toEqual(["name", "email"]);
    expect(await refused({ ...whole, name: " " })).toEqual(["name"]);
    expect(await refused({ ...whole, name: "x".repeat(81) })).toEqual(["name"]);
    expect(await refused({ ...whole, name: "\u202eevil" })).toEqual(["name"]);
    expect(await refused({ ...whole, email: "" })).toEqual(["email"]);
    expect(await refused({ ...whole, email: "nobody" })).toEqual(["email"]);
    expect(await refused({ ...whole, email: "a@b.example\r\nBcc: c@d.example" })).toEqual(["email"]);
    expect(await refused({ ...whole, role: "god" })).toEqual(["role"]);
    expect(await refused({ ...whole, website: "javascript:alert(1)" })).toEqual(["website"]);
    expect(await refused({ ...whole, profession: "x".repeat(201) })).toEqual(["profession"]);
    expect(await refused({ ...whole, password: "short" })).toEqual(["password"]);
    expect(await refused({ ...whole, password: "password1" })).toEqual(["password"]);
    for (const member of ["id", "createdAt", "passwordHash", "password_hash", "version", "avatar", "isAdmin"])
      expect(await refused({ ...whole, [member]: 1 })).toEqual([undefined]);
    expect((await get("/api/users?limit=100").set(...admin())).text).not.toContain("xenia@");
  });

  test("has an e-mail address of its own, in any case: one of many at once gets it, the rest 409", async () => {
    const email = "race@example.com";
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        post("/api/users", { name: `Racer ${n}`, email: n % 2 ? email.toUpperCase() : email }).set(
          ...admin(),
        ),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    const taken = answers.find(({ status }) => status === 409);
    expect(taken?.body).toMatchObject({ code: "email_taken" });
  });

  test("may be a namesake where an admin makes it, but nobody is called Anonymous", async () => {
    const { name } = await person();
    await person({ name });
    const res = await post("/api/users", { name: "ＡＮＯＮＹＭＯＵＳ", email: "anon@example.com" })
      .set(...admin())
      .expect(409);
    expect(res.body.code).toBe("name_taken");
  });
});

describe("signing up", () => {
  test("with SIGN_UP=open anybody makes an account, a member's, with a name of its own, and signs in", async () => {
    const own = await startServer({ SIGN_UP: "open" });
    const there = client(() => own);
    const ada = { name: "Ada", email: "ada@example.com", password: PASSWORD };
    const res = await there.post("/api/users", ada).expect(201);
    expect(res.body).toMatchObject({ name: "Ada", role: "member", message: "User created" });
    expect(res.text).not.toContain(PASSWORD);
    expect((await signIn(own, ada.email)).status).toBe(201);
    const other = { ...ada, email: "eve@example.com" };
    for (const name of ["ada", "ＡＤＡ", "A\u200bda", " ADA "])
      expect([name, (await there.post("/api/users", { ...other, name })).body.code]).toEqual([
        name,
        "name_taken",
      ]);
    expect((await there.post("/api/users", { ...ada, name: "Eve" }).expect(409)).body.code).toBe(
      "email_taken",
    );
    expect(
      (await there.post("/api/users", { ...other, name: "Eve", role: "admin" }).expect(403)).body.code,
    ).toBe("forbidden");
    const { password, ...without } = { ...other, name: "Eve" };
    expect((await there.post("/api/users", without).expect(400)).body.issues).toMatchObject([
      { path: ["password"] },
    ]);
    expect((await there.get("/api/users").set(...there.admin())).body).toHaveLength(1);
  });

  test("by a browser's own form leads on: to the sign-in, to a page of this server, or back with what is wrong", async () => {
    const own = await startServer({ SIGN_UP: "open" });
    const form = async (more: object) => {
      const sent = { name: `Form ${++made}`, email: `form-${made}@example.com`, password: PASSWORD, ...more };
      const there = client(() => own).post("/api/users");
      return (await there.type("form").set("Accept", "text/html").send(sent)).headers.location;
    };
    expect(await form({})).toBe("/login");
    expect(await form({ next: "/posts/1" })).toBe("/posts/1");
    expect(await form({ next: "//evil.example/" })).toBe("/login");
    expect(await form({ email: "x" })).toBe("/people?error=invalid_input&field=email");
  });

  test("is limited for each network", async () => {
    const own = await startServer({ SIGN_UP: "open", RATE_LIMIT: "on" });
    const there = client(() => own);
    const statuses = [];
    for (let n = 0; n < 6; n++) {
      const sent = { name: `N${n}`, email: `n${n}@example.com`, password: PASSWORD };
      statuses.push((await there.post("/api/users", sent)).status);
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
  });
});

describe("the list of people", () => {
  test("is for whoever is signed in: public profiles, and e-mail addresses for admins only", async () => {
    const { auth } = await person();
    const res = await get("/api/users?limit=100")
      .set(...auth)
      .expect(200);
    contract.expectKept("GET", "/api/users", res);
    expect(res.body.slice(0, 2)).toMatchObject([{ name: "Alice" }, { name: "Bob" }]);
    const others = res.body.filter((one: { email?: string }) => one.email === undefined);
    expect(others.length).toBe(res.body.length - 1);
    for (const one of others) expect(keysOf(one)).toEqual(PUBLIC);
    const whole = await get("/api/users?limit=100")
      .set(...admin())
      .expect(200);
    for (const one of whole.body) expect(keysOf(one)).toEqual([...PUBLIC, "email", "notify"].sort());
    expect(whole.text).not.toMatch(/hash|argon|password/i);
    expect((await get("/api/users").expect(401)).body.error).toBe("Unauthorized");
    expect((await get("/api/users").set("Authorization", "Bearer nonsense").expect(401)).body.code).toBe(
      "unauthorized",
    );
  });

  test("comes page by page, and 304 as long as nobody changed", async () => {
    await person();
    const all = (await get("/api/users?limit=100").set(...admin())).body;
    const seen: object[] = [];
    for (let next: string | undefined = "/api/users?limit=2"; next; ) {
      const res: Awaited<ReturnType<typeof get>> = await get(next)
        .set(...admin())
        .expect(200);
      seen.push(...res.body);
      next = /<([^>]+)>; rel="next"/.exec(res.headers.link ?? "")?.[1];
    }
    expect(seen).toEqual(all);
    const { headers } = await get("/api/users").set(...admin());
    expect(headers["cache-control"]).toBe("private, no-store");
    const again = () =>
      get("/api/users")
        .set(...admin())
        .set("If-None-Match", headers.etag ?? "");
    await again().expect(304);
    await person();
    await again().expect(200);
    for (const query of ["limit=0", "limit=101", "cursor=x", "role=admin", "limit=1&limit=2"])
      await get(`/api/users?${query}`)
        .set(...admin())
        .expect(400);
  });

  test("says where to go for what it does not do", async () => {
    const res = await put("/api/users").expect(405);
    expect(res.headers.allow).toBe("GET, HEAD, POST, OPTIONS");
    expect(res.body.error).toBe("Use /api/users/[id] for updates");
    expect((await del("/api/users").expect(405)).body.error).toContain("/api/users/[id]");
  });
});

describe("a profile", () => {
  test("is public, and its e-mail address is shown to its owner and to admins only", async () => {
    const { id, email, auth } = await person();
    const { auth: stranger } = await person({ role: "moderator" });
    for (const call of [get(`/api/users/${id}`), get(`/api/users/${id}`).set(...stranger)]) {
      const res = await call.expect(200);
      contract.expectKept("GET", `/api/users/${id}`, res);
      expect(keysOf(res.body)).toEqual(PUBLIC);
      expect(res.text).not.toContain(email);
    }
    for (const who of [auth, admin()])
      expect((await get(`/api/users/${id}`).set(...who)).body).toMatchObject({ id, email });
    const { headers } = await get(`/api/users/${id}`);
    expect(headers["cache-control"]).toBe("public, max-age=0, must-revalidate");
    await get(`/api/users/${id}`)
      .set("If-None-Match", headers.etag ?? "")
      .expect(304);
    expect((await get(`/api/users/${id}`).set(...auth)).headers.etag).not.toBe(headers.etag);
  });

  test("that nobody has is 404 for every method, also to nobody and for what is no id", async () => {
    for (const id of ["99999", "0", "-1", "abc", "1e3", "99999999999999999999"])
      expect((await get(`/api/users/${id}`).expect(404)).body.error).toBe("User not found");
    for (const call of [put("/api/users/99999", {}), patch("/api/users/99999", {}), del("/api/users/99999")])
      expect((await call.set(...admin()).expect(404)).body.code).toBe("user_not_found");
  });

  test("is changed where PATCH names something, and only there", async () => {
    const { id, profile, auth } = await person({ profession: "Poet", website: "https://p.example/" });
    const res = await patch(`/api/users/${id}`, { email: "new-address@example.com" })
      .set(...auth)
      .expect(200);
    contract.expectKept("PATCH", `/api/users/${id}`, res);
    expect(res.body).toEqual({ ...profile, email: "new-address@example.com" });
    const cleared = await patch(`/api/users/${id}`, { profession: "", website: null }).set(...auth);
    expect(cleared.body).toMatchObject({ profession: null, website: null, email: "new-address@example.com" });
  });

  test("is replaced by PUT: what may be absent goes, what is needed stays, and so do rights", async () => {
    const { id, profile } = await person({
      profession: "Poet",
      website: "https://p.example/",
      role: "author",
    });
    const res = await put(`/api/users/${id}`, { name: "Replaced" })
      .set(...admin())
      .expect(200);
    contract.expectKept("PUT", `/api/users/${id}`, res);
    expect(res.body).toEqual({
      ...profile,
      name: "Replaced",
      avatar: expect.not.stringContaining(profile.avatar),
      profession: null,
      website: null,
    });
  });

  test("can be sent back as it came; what can't be set is ignored, what nobody knows is 400", async () => {
    const { id, auth, profile } = await person();
    for (const method of [put, patch])
      expect(
        (
          await method(`/api/users/${id}`, profile)
            .set(...auth)
            .expect(200)
        ).body,
      ).toEqual(profile);
    const forged = { id: 1, createdAt: "2000-01-01T00:00:00.000Z", avatar: "/x.svg" };
    expect(
      (
        await patch(`/api/users/${id}`, forged)
          .set(...auth)
          .expect(200)
      ).body,
    ).toEqual(profile);
    for (const member of ["passwordHash", "hash", "isAdmin", "name_key", "leaving", "version", "user"])
      await patch(`/api/users/${id}`, { [member]: 1 })
        .set(...auth)
        .expect(400);
    expect((await get(`/api/users/${id}`).set(...auth)).body).toEqual(profile);
  });

  test("is changed and deleted by its owner and by admins only", async () => {
    const { id, profile } = await person();
    const { auth } = await person({ role: "moderator" });
    for (const call of [
      () => put(`/api/users/${id}`, { name: "Mine now" }),
      () => patch(`/api/users/${id}`, { name: "Mine now" }),
      () => del(`/api/users/${id}`),
    ]) {
      await call().expect(401);
      expect(
        (
          await call()
            .set(...auth)
            .expect(403)
        ).body.code,
      ).toBe("forbidden");
    }
    expect((await get(`/api/users/${id}`).set(...admin())).body).toEqual(profile);
  });

  test("gets its role from admins only", async () => {
    const { id, auth } = await person({ role: "author" });
    expect(
      (
        await patch(`/api/users/${id}`, { role: "admin" })
          .set(...auth)
          .expect(403)
      ).body.code,
    ).toBe("forbidden");
    expect(
      (
        await patch("/api/user", { role: "member" })
          .set(...auth)
          .expect(403)
      ).body.code,
    ).toBe("forbidden");
    await patch(`/api/users/${id}`, { role: "author" })
      .set(...auth)
      .expect(200);
    const promoted = await patch(`/api/users/${id}`, { role: "moderator" }).set(...admin());
    expect(promoted.body.role).toBe("moderator");
    // An admin's token with a lower role is no admin's.
    const { auth: lowered } = await person({ role: "admin" }, { role: "member" });
    await patch(`/api/users/${id}`, { role: "member" })
      .set(...lowered)
      .expect(403);
  });

  test("takes no name or address of somebody else", async () => {
    const [one, two] = [await person(), await person()];
    expect(
      (
        await patch("/api/user", { name: one.name.toUpperCase() })
          .set(...two.auth)
          .expect(409)
      ).body.code,
    ).toBe("name_taken");
    for (const call of [
      patch("/api/user", { email: one.email }),
      post("/api/user", { email: one.email }),
      put(`/api/users/${two.id}`, { name: "Another", email: one.email }),
    ])
      expect((await call.set(...two.auth).expect(409)).body.code).toBe("email_taken");
    expect(
      (
        await patch("/api/user", { name: "Anonymous" })
          .set(...two.auth)
          .expect(409)
      ).body.code,
    ).toBe("name_taken");
    expect((await get("/api/user").set(...two.auth)).body).toEqual(two.profile);
    await patch("/api/user", { name: two.name.toUpperCase() })
      .set(...two.auth)
      .expect(200);
  });

  test("is changed under If-Match only as it was read: of many, one wins", async () => {
    const { id, auth } = await person();
    const { headers } = await get(`/api/users/${id}`).set(...auth);
    const tries = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        patch(`/api/users/${id}`, { profession: `Try ${n}` })
          .set(...auth)
          .set("If-Match", headers.etag ?? ""),
      ),
    );
    expect(tries.map(({ status }) => status).sort()).toEqual([200, ...Array(5).fill(412)]);
    await del(`/api/users/${id}`)
      .set(...auth)
      .set("If-Match", headers.etag ?? "")
      .expect(412);
    await patch(`/api/users/${id}`, { profession: "x" })
      .set(...auth)
      .set("Prefer", "return=minimal")
      .expect(204, "");
    // To who may not change it, a precondition says nothing.
    await patch(`/api/users/${id}`, {}).set("If-Match", '"other"').expect(401);
  });
});

describe("a password", () => {
  const strong = "another tune, on the fiddle";

  test("is changed by its owner with the current one, which ends the other sessions and not this one", async () => {
    const { email } = await addPerson(server, "member", "Pam Password");
    const [here, there] = [cookieOf(await signIn(server, email)), cookieOf(await signIn(server, email))];
    const change = (body: object) => patch("/api/user", body).set("Cookie", here).set(fromHere);
    for (const currentPassword of [undefined, "", "wrong"])
      expect((await change({ password: strong, currentPassword }).expect(403)).body.code).toBe(
        "wrong_password",
      );
    expect((await signIn(server, email)).status).toBe(201);
    const res = await change({ password: strong, currentPassword: PASSWORD }).expect(200);
    expect(res.text).not.toMatch(/tune|argon/);
    await get("/api/user").set("Cookie", here).expect(200);
    await get("/api/user").set("Cookie", there).expect(401);
    expect((await signIn(server, email)).status).toBe(401);
    expect((await signIn(server, email, strong)).status).toBe(201);
  });

  test("is asked for, too, when the e-mail address changes, and not for the rest", async () => {
    const { email } = await addPerson(server, "member", "Emil Email");
    const cookie = cookieOf(await signIn(server, email));
    const change = (body: object) => patch("/api/user", body).set("Cookie", cookie).set(fromHere);
    await change({ profession: "Cook", email }).expect(200);
    expect((await change({ email: "emil@example.net" }).expect(403)).body.code).toBe("wrong_password");
    await change({ email: "emil@example.net", currentPassword: PASSWORD }).expect(200);
    expect((await signIn(server, "emil@example.net")).status).toBe(201);
  });

  test("is set by an admin for others without the current one", async () => {
    const { id, email } = await person();
    expect((await signIn(server, email, strong)).status).toBe(401);
    await patch(`/api/users/${id}`, { password: strong })
      .set(...admin())
      .expect(200);
    expect((await signIn(server, email, strong)).status).toBe(201);
  });

  test("can't be guessed by who holds a session: after ten wrong ones it is 429", async () => {
    const { email } = await addPerson(server, "member", "Gus Guess");
    const cookie = cookieOf(await signIn(server, email));
    const statuses = [];
    for (let n = 0; n < 12; n++) {
      const body = { password: strong, currentPassword: `wrong ${n}` };
      statuses.push((await patch("/api/user", body).set("Cookie", cookie).set(fromHere)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(403), 429, 429]);
  });
});

describe("a person who is deleted", () => {
  test("is answered as they were, and is gone with sessions and tokens; what they wrote stays without them", async () => {
    const { id, profile, auth, name } = await person({ role: "author", website: "https://gone.example/" });
    const comment = await post("/api/comments/1", { comment: "I will have been here" }).set(...auth);
    expect(comment.body).toMatchObject({
      author: name,
      user: id,
      role: "author",
      website: "https://gone.example/",
    });
    const thread = await get("/api/comments/1?limit=100");
    const res = await del(`/api/users/${id}`)
      .set(...admin())
      .expect(200);
    contract.expectKept("DELETE", `/api/users/${id}`, res);
    expect(res.body).toEqual({ message: "User deleted", deleted: profile });
    await get("/api/user")
      .set(...auth)
      .expect(401);
    await get(`/api/users/${id}`).expect(404);
    const after = await get("/api/comments/1?limit=100").expect(200);
    expect(after.headers.etag).not.toBe(thread.headers.etag);
    const left = after.body.comments.find((one: { id: number }) => one.id === comment.body.id);
    expect(left).toMatchObject({
      comment: "I will have been here",
      author: "Anonymous",
      website: null,
      user: null,
      role: null,
    });
    expect(left.avatar).not.toBe(comment.body.avatar);
    expect(after.text).not.toContain("gone.example");
    expect((await get("/api/comments?q=have+been+here")).body).toHaveLength(1);
    expect((await get(`/api/comments?author=${encodeURIComponent(name)}`)).body).toEqual([]);
    await del(`/api/users/${id}`)
      .set(...admin())
      .expect(404);
  });

  test("by themselves with a cookie says the password once more; with Prefer the answer is 204", async () => {
    const { id, email } = await addPerson(server, "member", "Lea Leaving");
    const cookie = cookieOf(await signIn(server, email));
    const leave = () => del(`/api/users/${id}`).set("Cookie", cookie);
    expect((await leave().send({ currentPassword: PASSWORD }).expect(403)).body.code).toBe("cross_site");
    expect((await leave().set(fromHere).expect(403)).body.code).toBe("wrong_password");
    await leave()
      .set(fromHere)
      .set("Prefer", "return=minimal")
      .send({ currentPassword: PASSWORD })
      .expect(204, "");
    await get("/api/user").set("Cookie", cookie).expect(401);
  });

  test("is never the last admin", async () => {
    const own = await startServer();
    const there = client(() => own);
    const make = (name: string) =>
      there.post("/api/users", { name, email: `${name}@example.com`, role: "admin" }).set(...there.admin());
    const one = (await make("one")).body.id;
    const refusals = [
      there.delete(`/api/users/${one}`),
      there.patch(`/api/users/${one}`, { role: "member" }),
    ];
    for (const call of refusals)
      expect((await call.set(...there.admin()).expect(409)).body.code).toBe("last_admin");
    const lone = await startServer();
    const { browser } = await addSignedIn(lone, "admin");
    const erased = await client(() => lone)
      .delete("/api/user/data")
      .set(browser)
      .send({ currentPassword: PASSWORD })
      .expect(409);
    expect(erased.body.code).toBe("last_admin");
    await make("two");
    await there
      .delete(`/api/users/${one}`)
      .set(...there.admin())
      .expect(200);
  });
});

describe("who I am", () => {
  test("is answered to a token and to a session, and to nobody 401", async () => {
    const { auth, profile } = await person({ profession: "Singer" });
    const res = await get("/api/user")
      .set(...auth)
      .expect(200);
    contract.expectKept("GET", "/api/user", res);
    expect(res.body).toEqual(profile);
    expect(res.headers["cache-control"]).toBe("private, no-store");
    await get("/api/user")
      .set(...auth)
      .set("If-None-Match", res.headers.etag ?? "")
      .expect(304);
    for (const call of [get("/api/user"), patch("/api/user", {})]) {
      const { status, body, headers } = await call;
      expect([status, body.error]).toEqual([401, "Unauthorized"]);
      expect(headers["www-authenticate"]).toMatch(/^Bearer/);
    }
    expect((await put("/api/user", {}).expect(405)).headers.allow).toBe("GET, HEAD, POST, PATCH, OPTIONS");
  });

  test("is answered to a token that belongs to nobody with its role; it has no profile to change", async () => {
    const res = await get("/api/user")
      .set(...admin())
      .expect(200);
    expect(res.body).toMatchObject({ id: null, name: "Admin", role: "admin", email: null, createdAt: null });
    const { error, code } = (
      await patch("/api/user", { name: "Root" })
        .set(...admin())
        .expect(403)
    ).body;
    expect([code, error]).toEqual(["forbidden", expect.stringContaining("belongs to nobody")]);
  });

  test("is saved by PATCH, by POST, and by a browser's own form", async () => {
    const { auth } = await person();
    const saved = await patch("/api/user", { profession: "Drummer" })
      .set(...auth)
      .expect(200);
    contract.expectKept("PATCH", "/api/user", saved);
    const posted = await post("/api/user", { website: "https://drums.example/" })
      .set(...auth)
      .expect(200);
    expect(posted.body).toMatchObject({ profession: "Drummer", website: "https://drums.example/" });
    const form = await post("/api/user")
      .type("form")
      .set("Accept", "text/html")
      .set(...auth)
      .send({ name: "Formed" });
    expect([form.status, form.headers.location]).toEqual([303, "/people"]);
    const wrong = await post("/api/user")
      .type("form")
      .set("Accept", "text/html")
      .set(...auth)
      .send({ email: "x" });
    expect([wrong.status, wrong.headers.location]).toEqual([303, "/people?error=invalid_input&field=email"]);
    expect((await get("/api/user").set(...auth)).body).toMatchObject({
      name: "Formed",
      profession: "Drummer",
    });
  });

  test("a new name and website are on what one wrote, at once, and the old name is nowhere", async () => {
    const { auth, name } = await person();
    const { body } = await post("/api/comments/1", { comment: "By me" }).set(...auth);
    await patch("/api/user", { name: "Renamed One", website: "https://re.example/" })
      .set(...auth)
      .expect(200);
    const after = (await get(`/api/comments/1/${body.id}`).expect(200)).body;
    expect(after).toMatchObject({ author: "Renamed One", website: "https://re.example/" });
    expect(after.avatar).not.toBe(body.avatar);
    expect((await get("/api/comments/1?limit=100")).text).not.toContain(`"${name}"`);
  });
});

describe("a token that may do less than its person, or not for ever", () => {
  const refusals: [string, object, object][] = [
    ["a lower role", { role: "author" }, { role: "member" }],
    ["an end", {}, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() }],
  ];

  test.each(refusals)("makes itself no key to the whole account: %s", async (_what, more, token) => {
    const { id, auth } = await person(more, token);
    const before = (
      await get(`/api/users/${id}`)
        .set(...admin())
        .expect(200)
    ).body;
    for (const change of [{ password: "a tune for the tin whistle" }, { email: "elsewhere@example.com" }]) {
      const refusal = await patch("/api/user", change)
        .set(...auth)
        .expect(403);
      expect(refusal.body.code).toBe("forbidden");
    }
    await patch("/api/user", { profession: "Piper" })
      .set(...auth)
      .expect(200);
    const after = await get(`/api/users/${id}`).set(...admin());
    expect(after.body).toEqual({ ...before, profession: "Piper" });
  });

  test("does not end the account of somebody who may do more", async () => {
    const { id, auth } = await person({ role: "moderator" }, { role: "member" });
    await del("/api/user/data")
      .set(...auth)
      .expect(403);
    await del(`/api/users/${id}`)
      .set(...auth)
      .expect(403);
    await get(`/api/users/${id}`).expect(200);
  });
});
