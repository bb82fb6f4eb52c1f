import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "@jest/globals";
import { at, userRow } from "@/__tests__/db/contract/drafts";
import { bytesIn, sha256 } from "@/__tests__/support/files";
import { openStore } from "@/db/open";

const folder = mkdtempSync(join(tmpdir(), "antiphon-"));
// Settings are read once, as the modules load.
process.env.FILES_DIR = join(folder, "files");

afterAll(() => rmSync(folder, { recursive: true }));

it("all files of a person go, names and bytes, page by page, and nobody else's", async () => {
  const { placesOf, removeUnused } = await import("@/lib/files/erasure");
  const { receive, removeBytes, settle } = await import("@/lib/files/folder");
  const store = openStore(`file:${join(folder, "antiphon.db")}`);
  await store.imports.run([userRow("one"), userRow("two")], { keepGoing: false, source: "test" });
  const keep = async (text: string, path: string, user: number) => {
    async function* bytes() {
      yield Buffer.from(text);
    }
    const staged = await receive(bytes(), 1000);
    expect(staged).toMatchObject({ size: text.length, sha256: sha256(text) });
    const place = await settle(staged);
    const rest = { filename: "a.txt", type: "text/plain", createdAt: at(0) };
    const made = await store.files.create({ ...rest, ...staged, paths: [path], place, user }, 1_000_000);
    if (made.refused === null && made.file.place !== place) await removeBytes(place);
  };
  await keep("Shared", "mine/shared", 1);
  await keep("Their own", "theirs/own", 2);
  await keep("Shared", "theirs/shared", 2);
  for (let n = 0; n < 210; n++) await keep(`Mine ${n}`, `mine/${n}`, 1);
  const places = await placesOf(store, 1);
  expect(places).toHaveLength(211);
  const author = { author: "Anonymous", authorKey: "anonymous", avatar: "", website: null };
  const terms = { by: null, at: at(1), version: null };
  expect(await store.users.remove(1, { erase: true, nobody: author }, terms)).toMatchObject({
    refused: null,
  });
  while (await store.users.work());
  await removeUnused(store, places);
  const { rows } = await store.files.list(2, null, 10);
  expect(rows.map(({ path }) => path)).toEqual(["theirs/own", "theirs/shared"]);
  expect(bytesIn(join(folder, "files"))).toEqual(rows.map(({ place }) => place).sort());
  expect(await store.files.find("mine/3")).toBeNull();
  expect(await store.files.size()).toBe(15);
  await store.close();
});

it("a name is data: what is kept of it, and what it may become", async () => {
  const { toDownloadName, toFilename, toPath, toPaths } = await import("@/lib/files/names");
  const hash = sha256("x");
  for (const hostile of [
    "",
    ".",
    "..",
    "/",
    "\\",
    "\0",
    "a\0b",
    "\r\nSet-Cookie: a=b",
    "\u202e",
    "\ud800",
    ".".repeat(300),
    "a/../../b",
    `${"x".repeat(300)}.txt`,
    "CON",
    "a.txt.",
    "‮txt.exe",
    "💥",
    "%00",
    "../".repeat(100),
  ]) {
    const filename = toFilename(hostile);
    expect(filename).toMatch(/^[^/\\\p{Cc}\p{Cf}\p{Cs}]+$/u);
    expect(Buffer.byteLength(filename)).toBeLessThanOrEqual(255);
    for (const path of toPaths(filename, hash)) expect([path, toPath([path])]).toEqual([path, path]);
    expect(toDownloadName(filename, "text/plain")).toMatch(/\.[a-z]+$/i);
  }
  expect(existsSync(join(folder, "b"))).toBe(false);
});
