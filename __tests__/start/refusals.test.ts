import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import { failToStart, startServer } from "@/__tests__/support/server";

const stackLine = /^\s+at /m;

describe("a start that cannot be says why in one sentence, with the mend, and exits 1", () => {
  const cases: [string, Record<string, string>, RegExp][] = [
    ["the folder of the database cannot be written", { DATABASE_URL: "file:/dev/null/x.db" }, /\/dev\/null/],
    ["a port that is none", { PORT: "eighty" }, /PORT/],
    ["an address that is not of this machine", { HOST: "203.0.113.1" }, /HOST=203\.0\.113\.1 .*set HOST/],
    ["a token that is too short", { ADMIN_TOKEN: "short" }, /ADMIN_TOKEN.*32 characters/],
    ["a word that a setting does not know", { MODERATION: "maybe" }, /MODERATION.*open, first or all/],
    ["a log level that pino does not know", { LOG_LEVEL: "loud" }, /LOG_LEVEL.*info/],
  ];

  it.each(cases)("%s", async (_name, env, sentence) => {
    const { code, output } = await failToStart(env);
    expect(output).toMatch(sentence);
    expect(output).not.toMatch(stackLine);
    expect(output).not.toContain("Antiphon is at");
    expect(code).toBe(1);
  });

  it("never shows the value of a secret", async () => {
    const { output } = await failToStart({ ADMIN_TOKEN: "hunter2-hunter2" });
    expect(output).not.toContain("hunter2");
  });

  it("the port is taken", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, output } = await failToStart({ PORT: String(port) });
    holder.close();
    expect(output).toContain(`Port ${port} is taken; set PORT to another, e.g. PORT=${port + 1} npm start.`);
    expect(output).not.toMatch(stackLine);
    expect(code).toBe(1);
  });

  it("the database was made by a newer version", async () => {
    const server = await startServer();
    await server.kill();
    const database = new Database(server.databaseFile);
    database.pragma("user_version = 30000");
    database.close();
    const { code, output } = await failToStart({ DATABASE_URL: `file:${server.databaseFile}` });
    expect(output).toMatch(/newer Antiphon .*start that version/);
    expect(output).not.toMatch(stackLine);
    expect(code).toBe(1);
  });
});
