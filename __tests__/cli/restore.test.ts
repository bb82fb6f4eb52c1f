import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import { client } from "@/__tests__/support/client";
import { exportOf, type Lived, live } from "@/__tests__/support/exports";
import { restore } from "@/__tests__/support/restore";
import { file, newDatabase } from "@/__tests__/support/seed";
import { type Server, startServer } from "@/__tests__/support/server";

let server: Server;
let lived: Lived;
let exported = "";

beforeAll(async () => {
  server = await startServer({ MODERATION: "open", SEED: "on" });
  lived = await live(server);
  exported = await exportOf(server);
});

describe("a round trip", () => {
  it("brings back every line", async () => {
    const database = newDatabase();
    const { code, out, err } = await restore(database, [file("whole.ndjson", exported)]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    console.log(out, exported.slice(0, 3000));
  });
});
