import { beforeAll, describe, expect, test } from "@jest/globals";
import { bearer, client } from "../support/client";
import { Contract } from "../support/contract";
import { addPerson, cookieOf, fromHere, signIn } from "../support/people";
import { type Server, startServer } from "../support/server";

let server: Server;
let contract: Contract;
const { get, post, patch, comment, admin } = client(() => server);
let owner: { id: number; email: string };
let cookie: string;

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
  contract = await Contract.of(server.url);
  owner = await addPerson(server, "author", "Zoë Strauß");
  // Under its folded name, as the server keeps it.
  await patch(`/api/users/${owner.id}`, { name: "Zoë Strauß", website: "https://zoe.example/" })
    .set(...admin())
    .expect(200);
  await post("/api/users", { name: "Zoë Strauß", email: "namesake@example.com" }).set(...admin());
  cookie = cookieOf(await signIn(server, owner.email));
});

const DISGUISES = [
  "Zoë Strauß",
  "ZOË STRAUß",
  "zoë  strauß",
  "Zoe\u0308 Strauß",
  "Zoë\u00a0Strauß",
  "Zo\u200bë Strauß",
  "Zoë\u2060 Strauß\ufe0f",
  "Ｚｏë Strauß",
  "\u00adZoë Strauß",
];

describe("a guest", () => {
  test.each(DISGUISES)("can't comment as somebody with an account: %j", async (author) => {
    const res = await comment("Not me", { author }).expect(403);
    contract.expectKept("POST", "/api/comments", res);
    expect(res.body).toMatchObject({
      code: "name_reserved",
      error: expect.stringContaining("somebody with an account"),
    });
  });

  test("can't use their e-mail address either, and hears the same", async () => {
    const byName = await comment("Not me", { author: "Zoë Strauß" }).expect(403);
    for (const email of [owner.email, owner.email.toUpperCase(), "namesake@example.com"]) {
      const res = await comment("Not me", { author: "Somebody", email }).expect(403);
      expect({ ...res.body, requestId: "" }).toEqual({ ...byName.body, requestId: "" });
    }
    expect((await get("/api/comments?q=not+me")).body).toEqual([]);
  });

  test("can't take the name later, by editing", async () => {
    const { body } = await comment("Edited", { author: "Zora" }).expect(201);
    const edit = (author: string) =>
      patch(`/api/comments/1/${body.id}`, { author }).set(...bearer(body.editToken));
    expect((await edit("zoë strauß").expect(403)).body.code).toBe("name_reserved");
    await edit("Zora S.").expect(200);
  });

  test("may have any other name, none, and that of people who can't sign in", async () => {
    for (const author of ["Zoe Strauss", "Zoë", "Alice", "bob", "Anonymous", undefined])
      expect([author, (await comment(`Hello ${author}`, { author })).status]).toEqual([author, 201]);
  });

  test("hears it in a browser's own form, too", async () => {
    const res = await post("/api/comments")
      .type("form")
      .set("Accept", "text/html")
      .send({ post: "1", comment: "Not me", author: "Zoë Strauß" });
    expect([res.status, res.headers.location]).toEqual([303, "/posts/1?error=name_reserved#respond"]);
  });

  test("keeps what was written before somebody registered that name", async () => {
    const { body } = await comment("I was first", { author: "Early Bird" }).expect(201);
    await post("/api/users", { name: "Early Bird", email: "early@example.com" }).set(...admin());
    const edited = await patch(`/api/comments/1/${body.id}`, { comment: "Still me" }).set(
      ...bearer(body.editToken),
    );
    expect([edited.status, edited.body.author]).toEqual([200, "Early Bird"]);
  });
});

describe("somebody who is signed in", () => {
  test("comments with the name and website of the account, whatever the body says", async () => {
    const sent = { author: "Somebody else", email: "other@example.com", website: "https://other.example/" };
    const res = await comment("Me indeed", sent).set("Cookie", cookie).set(fromHere).expect(201);
    expect(res.body).toMatchObject({
      author: "Zoë Strauß",
      website: "https://zoe.example/",
      user: owner.id,
      role: "author",
    });
    expect(res.body).not.toHaveProperty("editToken");
    const seen = await get(`/api/comments/1/${res.body.id}`).set(...admin());
    expect(seen.body).toMatchObject({ email: null, address: "127.0.0.0/24" });
    const edited = await patch(`/api/comments/1/${res.body.id}`, {
      author: "Eve",
      website: "",
      comment: "Me!",
    })
      .set("Cookie", cookie)
      .set(fromHere)
      .expect(200);
    expect(edited.body).toMatchObject({
      author: "Zoë Strauß",
      website: "https://zoe.example/",
      comment: "Me!",
    });
  });

  test("as a moderator corrects another's name without lending their own", async () => {
    const { email } = await addPerson(server, "moderator", "Mo");
    const session = cookieOf(await signIn(server, email));
    const { body } = await comment("Rude name", { author: "Rude" }).expect(201);
    const res = await patch(`/api/comments/1/${body.id}`, { author: "Polite" })
      .set("Cookie", session)
      .set(fromHere)
      .expect(200);
    expect(res.body).toMatchObject({ author: "Polite", user: null });
  });
});
