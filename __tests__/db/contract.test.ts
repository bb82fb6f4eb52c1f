import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";
import { contract } from "@/__tests__/db/contract";
import { openStore } from "@/db/open";

const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

contract([
  {
    name: "SQLite",
    open: async () => {
      const folder = await mkdtemp(join(tmpdir(), "antiphon-"));
      folders.push(folder);
      return openStore(`file:${join(folder, "antiphon.db")}`);
    },
  },
]);
