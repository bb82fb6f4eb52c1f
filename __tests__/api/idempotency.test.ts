import { beforeAll, describe, expect, test } from "@jest/globals";
import { bearer, client } from "../support/client";
import { type Server, startServer } from "../support/server";

let server: Server;
const { get, patch, delete: del, comment, admin } = client(() => server);
const key = (n: number) => `"key-${n}-0123456789abcdef"`;

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
});

describe("a POST with an Idempotency-Key", () => {
  test("happens once: a retry gets the first answer, edit token and all, and says so", async () => {
    const first = await comment("Once").set("Idempotency-Key", key(1)).expect(201);
    const again = await comment("Once").set("Idempotency-Key", key(1)).expect(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers).toMatchObject({ "idempotent-replayed": "true", location: first.headers.location });
    expect(first.headers).not.toHaveProperty("idempotent-replayed");
    expect((await get("/api/comments?q=once")).body).toHaveLength(1);
  });

  test("is the same quoted and bare", async () => {
    const first = await comment("Quoted").set("Idempotency-Key", '"bare-0123456789abcdef"').expect(201);
    expect((await comment("Quoted").set("Idempotency-Key", "bare-0123456789abcdef")).body.id).toBe(
      first.body.id,
    );
  });

  test("and 50 of them at once make one comment", async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, () => comment("Crowd").set("Idempotency-Key", key(2))),
    );
    expect(new Set(all.map(({ body }) => body.id)).size).toBe(1);
    expect(all.filter(({ headers }) => headers["idempotent-replayed"] === undefined)).toHaveLength(1);
    expect((await get("/api/comments?q=crowd")).body).toHaveLength(1);
  });

  test("is refused with 422 where the body is another", async () => {
    await comment("One").set("Idempotency-Key", key(3)).expect(201);
    expect((await comment("Other").set("Idempotency-Key", key(3)).expect(422)).body.code).toBe(
      "idempotency_key_reused",
    );
    await comment("One", { post: 2 }).set("Idempotency-Key", key(3)).expect(422);
  });

  test("still gives the first answer after an edit, and nothing personal after a deletion", async () => {
    const first = await comment("Before", { author: "Ada" }).set("Idempotency-Key", key(4)).expect(201);
    const path = `/api/comments/1/${first.body.id}`;
    await patch(path, { comment: "After" })
      .set(...bearer(first.body.editToken))
      .expect(200);
    expect((await comment("Before", { author: "Ada" }).set("Idempotency-Key", key(4))).body).toEqual(
      first.body,
    );
    await del(path)
      .set(...bearer(first.body.editToken))
      .expect(200);
    const gone = await comment("Before", { author: "Ada" }).set("Idempotency-Key", key(4));
    expect(gone.body).toMatchObject({ id: first.body.id, status: "deleted", comment: "", author: "" });
  });

  test("of a guest must have 16 characters; somebody else's key of the same text is another key", async () => {
    expect((await comment("Short").set("Idempotency-Key", '"short"').expect(400)).body.code).toBe(
      "invalid_idempotency_key",
    );
    await comment("Long").set("Idempotency-Key", "k".repeat(256)).expect(400);
    const mine = await comment("By the admin")
      .set(...admin())
      .set("Idempotency-Key", '"short"')
      .expect(201);
    expect(mine.body.editToken).toBeUndefined();
    const guest = await comment("By the admin").set("Idempotency-Key", key(5)).expect(201);
    const both = await comment("By the admin")
      .set(...admin())
      .set("Idempotency-Key", key(5))
      .expect(201);
    expect(both.body.id).not.toBe(guest.body.id);
  });

  test("that was refused may be used again once mended", async () => {
    await comment("").set("Idempotency-Key", key(6)).expect(400);
    await comment("Mended").set("Idempotency-Key", key(6)).expect(201);
  });

  test("survives a restart", async () => {
    const own = await startServer({ SEED: "on" });
    const first = await client(() => own)
      .comment("Kept")
      .set("Idempotency-Key", key(7))
      .expect(201);
    await own.kill();
    const back = await own.restart();
    expect(
      (
        await client(() => back)
          .comment("Kept")
          .set("Idempotency-Key", key(7))
          .expect(201)
      ).body.id,
    ).toBe(first.body.id);
  });
});
