import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { at, required, unique, userRow } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { KeptFile, NewFile } from "@/db/port/files";
import type { Store } from "@/db/store";

const ROOM = 1_000_000;

/** A new file whose bytes are `text`, at a place that nobody else has. */
function draft(text: string, paths: string[], more: Partial<NewFile> = {}): NewFile {
  const sha256 = createHash("sha256").update(text).digest("hex");
  const rest = { filename: "notes.txt", type: "text/plain", size: text.length, user: null, createdAt: at(0) };
  return { ...rest, paths, sha256, place: unique("place"), ...more };
}

async function keep(store: Store, file: NewFile): Promise<KeptFile> {
  const created = await store.files.create(file, ROOM);
  if (created.refused !== null) throw new Error(created.refused);
  return created.file;
}

async function addUser(store: Store): Promise<number> {
  const name = unique("user");
  await store.imports.run([userRow(name)], { keepGoing: false, source: "drafts" });
  // The port has no way yet to find a user by name: the only one of a new store is the first.
  return 1;
}

export function files(engine: Engine): void {
  describe("files", () => {
    const store = shared(engine);

    it("are found by their path as they were kept, and by no other", async () => {
      const kept = draft("Dear diary", ["docs/diary.txt"], { filename: "My diary.txt", createdAt: at(5) });
      expect(await store().files.create(kept, ROOM)).toMatchObject({ refused: null, created: true });
      const found = required(await store().files.find("docs/diary.txt"));
      const { paths, ...rest } = kept;
      expect(found).toEqual({ ...rest, id: expect.any(Number), path: "docs/diary.txt" });
      for (const other of ["docs", "docs/", "docs/diary", "DOCS/diary.txt", "docs/diary.txt/", "%", ""]) {
        expect(await store().files.find(other)).toBeNull();
      }
    });

    it("take the first of their names that is free", async () => {
      await keep(store(), draft("one", ["name"]));
      expect(await keep(store(), draft("two", ["name", "name-2"]))).toMatchObject({ path: "name-2" });
      const refused = await store().files.create(draft("three", ["name", "name-2"]), ROOM);
      expect(refused).toEqual({ refused: "taken" });
    });

    it("are there once, however often the same bytes come under the same name", async () => {
      const first = await keep(store(), draft("the same", ["same/a"]));
      const tries = await Promise.all(
        Array.from({ length: 5 }, () => store().files.create(draft("the same", ["same/a", "same/b"]), ROOM)),
      );
      for (const one of tries) expect(one).toEqual({ refused: null, created: false, file: first });
      expect(await store().files.find("same/b")).toBeNull();
    });

    it("share the bytes that they have in common, and free them with the last of them", async () => {
      const before = await store().files.size();
      const first = await keep(store(), draft("shared", ["shared/a"]));
      const second = await keep(store(), draft("shared", ["shared/b"]));
      expect(second.place).toBe(first.place);
      expect(await store().files.size()).toBe(before + 6);
      expect(await store().files.delete(first.id, null, at(1))).toEqual({ freed: null });
      expect(await store().files.find("shared/a")).toBeNull();
      expect(await store().files.find("shared/b")).toEqual(second);
      expect(await store().files.delete(second.id, null, at(1))).toEqual({ freed: first.place });
      expect(await store().files.delete(second.id, null, at(1))).toBe(false);
      expect(await store().files.size()).toBe(before);
      const again = await keep(store(), draft("shared", ["shared/a"]));
      expect(again.place).not.toBe(first.place);
      expect(again.id).toBeGreaterThan(second.id);
    });

    it("never exceed the quota together, whoever comes at once", async () => {
      const quota = (await store().files.size()) + 20;
      const tries = await Promise.all(
        Array.from({ length: 5 }, (_, n) =>
          store().files.create(draft(`nine byte${n}`, [`quota/${n}`]), quota),
        ),
      );
      expect(tries.map(({ refused }) => refused)).toEqual([null, null, "full", "full", "full"]);
      expect(await store().files.size()).toBe(quota);
      expect(await store().files.find("quota/2")).toBeNull();
      // The same bytes need no room.
      const again = await store().files.create(draft("nine byte0", ["quota/again"]), quota);
      expect(again).toMatchObject({ refused: null, created: true });
      const empty = required(await store().files.find("quota/0"));
      await store().files.delete(required(await store().files.find("quota/again")).id, null, at(1));
      await store().files.delete(empty.id, null, at(1));
      expect(await store().files.create(draft("nine byte2", ["quota/2"]), quota)).toMatchObject({
        refused: null,
      });
    });

    it("say which places are used", async () => {
      const { place } = await keep(store(), draft("used", ["used"]));
      expect(await store().files.used([place, "nobody's", "' OR 1=1 --"])).toEqual([place]);
      expect(await store().files.used([])).toEqual([]);
    });

    it("of a user are listed page by page, in the order they came", async () => {
      const user = await addUser(store());
      const kept: KeptFile[] = [];
      for (let n = 0; n < 5; n++)
        kept.push(await keep(store(), draft(`mine ${n % 2}`, [`mine/${n}`], { user })));
      const first = await store().files.list(user, null, 2);
      expect(first).toEqual({ rows: kept.slice(0, 2), more: true });
      await store().files.delete(kept[1]?.id ?? 0, null, at(1));
      const second = await store().files.list(user, kept[1]?.id ?? 0, 3);
      expect(second).toEqual({ rows: kept.slice(2), more: false });
      expect(await store().files.list(user + 1, null, 10)).toEqual({ rows: [], more: false });
    });

    it("leave a line in the audit log where somebody deleted them by right of a role, and else none", async () => {
      const own = await keep(store(), draft("own", ["own"]));
      const other = await keep(store(), draft("other", ["other"], { user: 1 }));
      const by = { user: null, name: "Admin", role: "admin" as const };
      await store().files.delete(own.id, null, at(1));
      await store().files.delete(other.id, by, at(2));
      await store().files.delete(other.id, by, at(3));
      const { rows } = await store().audit.list({ limit: 10 });
      const { id, place, createdAt, ...before } = other;
      expect(rows).toEqual([
        expect.objectContaining({ at: at(2), by, action: "file.delete", type: "file", subject: id, before }),
      ]);
    });

    it("raise the site's version when they come and go, since anybody may read them, and nothing else of it", async () => {
      const before = await store().site();
      const { id } = await keep(store(), draft("loud", ["loud"]));
      const between = await store().site();
      expect(between.version).toBeGreaterThan(before.version);
      await store().files.delete(id, null, at(1));
      const after = await store().site();
      expect(after.version).toBeGreaterThan(between.version);
      expect({ ...after, version: 0 }).toEqual({ ...before, version: 0 });
    });
  });
}
