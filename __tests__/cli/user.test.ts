import { existsSync } from "node:fs";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import { bearer, client } from "@/__tests__/support/client";
import { endOf, startCommand } from "@/__tests__/support/command";
import { bytesIn, folderOf, upload } from "@/__tests__/support/files";
import { cookieOf, PASSWORD, signIn } from "@/__tests__/support/people";
import { newDatabase } from "@/__tests__/support/seed";
import { startServer } from "@/__tests__/support/server";
import { addPerson } from "@/__tests__/support/tokens";
import { Interrupted, readPassword } from "@/cli/readPassword";

/** What `npm run user` runs, to its end, with `input` as standard input. */
function user(database: string, args: string[], input = "", env: Record<string, string> = {}) {
  return endOf(startCommand("user", { database, args, env }), input);
}

const ada = ["add", "--name", "Ada", "--email", "ada@example.org"];

describe("npm run user", () => {
  it("makes accounts with which people sign in at once, sets passwords and roles, and takes people out", async () => {
    const server = await startServer();
    const { get } = client(() => server);
    const run = (args: string[], input?: string) => user(server.databaseFile, args, input);

    expect((await run(["list"])).out).toMatch(/^Nobody has an account yet; /);
    expect(await run([...ada, "--role", "admin"], `${PASSWORD}\n`)).toEqual({
      code: 0,
      signal: null,
      out: "Ada has an account now: id 1, admin.\n",
      err: "",
    });
    const cookie = { Cookie: cookieOf(await signIn(server, "ada@example.org")) };
    expect((await get("/api/session").set(cookie).expect(200)).body.user).toMatchObject({ role: "admin" });

    await run(["add", "--name", "Lin", "--email", "lin@example.org"], PASSWORD);
    expect((await run(["list"])).out).toBe(
      "    1  admin      ada@example.org  Ada\n    2  member     lin@example.org  Lin\n",
    );
    expect((await run(["role", "lin@example.org", "moderator"])).out).toBe(
      "Lin is moderator now, and was member.\n",
    );

    expect((await run(["password", "1"], "another tune entirely\r\n")).out).toBe(
      "Ada has a new password. One session ended.\n",
    );
    await get("/api/session").set(cookie).expect(401);
    expect((await signIn(server, "ada@example.org")).status).toBe(401);
    expect((await signIn(server, "ada@example.org", "another tune entirely")).status).toBe(201);

    expect((await run(["remove", "LIN@example.org"])).out).toBe(
      "Lin is out; what they wrote stays, without them.\n",
    );
    expect((await signIn(server, "lin@example.org")).status).toBe(401);
    expect((await run(["list"])).out).not.toContain("Lin");
    const audit = new Database(server.databaseFile, { readonly: true });
    const names = audit.prepare("SELECT DISTINCT name FROM audit").pluck().all();
    audit.close();
    expect(names).toEqual(["Command line"]);
  });

  it("erases somebody with the files that they uploaded, to the last byte, but for those that others have, too", async () => {
    const server = await startServer();
    const [author, other] = [addPerson(server, "author"), addPerson(server, "author")];
    await upload(server, "theirs alone", "mine.txt", undefined, author.header).expect(201);
    await upload(server, "of both", "ours.txt", undefined, author.header).expect(201);
    await upload(server, "of both", "too.txt", undefined, other.header).expect(201);
    expect(bytesIn(folderOf(server))).toHaveLength(2);

    const { out } = await user(server.databaseFile, ["remove", String(author.id), "--erase"]);
    expect(out).toBe("The author is out; what they wrote is gone, too.\n");
    const { get } = client(() => server);
    await get("/api/files/mine.txt").expect(404);
    await get("/api/files/too.txt").expect(200);
    expect(bytesIn(folderOf(server))).toHaveLength(1);
  });

  it("makes another admin token when the first is lost, beside it or in its place", async () => {
    const server = await startServer({ ADMIN_TOKEN: "" });
    const { get } = client(() => server);
    const tokenIn = (text: string) => /antiphon_[\w-]{43}/.exec(text)?.[0] ?? "";
    const isAdmin = async (token: string) =>
      (await get("/api/comments?status=pending").set(...bearer(token))).status === 200;
    const first = tokenIn(server.logs());
    const second = tokenIn((await user(server.databaseFile, ["token"])).out);
    expect([await isAdmin(first), await isAdmin(second)]).toEqual([true, true]);
    const replaced = await user(server.databaseFile, ["token", "--replace"]);
    expect(replaced.out).toContain("2 former ones are over.");
    expect([await isAdmin(first), await isAdmin(second)]).toEqual([false, false]);
    expect(await isAdmin(tokenIn(replaced.out))).toBe(true);
  });

  it("makes another setup link, with the address that the world knows", async () => {
    const server = await startServer();
    const { out } = await user(server.databaseFile, ["setup"], "", { PUBLIC_URL: "https://c.example" });
    const link = /https:\/\/c\.example(\/login\?setup=[\w-]{43})$/m.exec(out)?.[1] ?? "";
    expect((await client(() => server).get(link)).text).toContain("Make your account");
  });
});

describe("what can't be", () => {
  const stackLine = /^\s+at /m;

  it("is one sentence, with exit code 1, and nothing is changed", async () => {
    const database = newDatabase();
    expect((await user(database, ada, PASSWORD)).code).toBe(0);
    const refusals: [string[], string, RegExp][] = [
      [["password", "2"], PASSWORD, /^There is nobody with the id or e-mail address 2\.$/],
      [["role", "nobody@example.org", "admin"], "", /^There is nobody with the id or e-mail address nobody@/],
      [["role", "1", "king"], "", /^The role must be one of admin, moderator, author, member\.$/],
      [["password", "1"], "", /^There was no password; nothing was changed\.$/],
      [["password", "1"], "short", /^The password: Must have at least 8 characters\.$/],
      [
        ["password", "1"],
        "Password123",
        /^The password: This is among the passwords that are guessed first\.$/,
      ],
      [["add", "--name", "Bo", "--email", "ADA@example.org"], PASSWORD, /^Somebody has this e-mail address/],
      [["add", "--name", "Bo", "--email", "bo"], PASSWORD, /^email: Must be an e-mail address\.$/],
      [["add", "--name", " ", "--email", "bo@example.org"], PASSWORD, /^name: /],
      [["add", "--name", "Bo", "--email", "bo@example.org", "--role", "x"], PASSWORD, /^The role must be/],
    ];
    for (const [args, input, sentence] of refusals) {
      const { code, out, err } = await user(database, args, input);
      expect([args, code, out, err.trimEnd()]).toEqual([args, 1, "", expect.stringMatching(sentence)]);
      expect(err).not.toMatch(stackLine);
    }
    expect((await user(database, ["list"])).out).toBe("    1  member     ada@example.org  Ada\n");
    expect(await user("/dev/null/x.db", ["list"])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^The database can't be kept in .*\n$/),
    });
  });

  it.each([
    ["nothing", []],
    ["an unknown command", ["lst"]],
    ["an unknown flag", ["list", "--all"]],
    ["a password as an argument", ["password", "1", "secret"]],
    ["a password as a flag", [...ada, "--password", "secret"]],
    ["too little", ["role", "1"]],
    ["an account without an e-mail address", ["add", "--name", "Ada"]],
    ["a flag of another command", ["list", "--erase"]],
  ])("%s shows the usage, with exit code 2, and makes no database", async (_name, args) => {
    const database = newDatabase();
    const { code, err } = await user(database, args);
    expect(err).toContain("Usage: npm run user -- list");
    expect(err).not.toMatch(stackLine);
    expect(code).toBe(2);
    expect(existsSync(database)).toBe(false);
  });

  it("--help shows the usage, with exit code 0", async () => {
    const { code, out } = await user(newDatabase(), ["--help"]);
    expect(out).toContain("Usage: npm run user -- list");
    expect(code).toBe(0);
  });
});

describe("a password on a terminal", () => {
  const type = async (...chunks: string[]) => {
    const modes: boolean[] = [];
    const keyboard = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (raw: boolean) => modes.push(raw),
    });
    const screen = new PassThrough({ encoding: "utf8" });
    for (const chunk of chunks) keyboard.write(chunk);
    const outcome = await readPassword(keyboard, screen).catch((error: unknown) => error);
    return { outcome, shown: String(screen.read()), modes };
  };

  it("is typed twice, mended with Backspace, pasted, and never shown", async () => {
    const shown = "Password: \nOnce more: \n";
    const modes = [true, false, true, false];
    expect(await type("grün", "x\u007f", "\r", "grün\r\n")).toEqual({ outcome: "grün", shown, modes });
    expect((await type("both at once\rboth at once\r")).outcome).toBe("both at once");
    expect(await type("one\n", "another\n")).toEqual({ outcome: null, shown, modes });
  });

  it("can be left with Ctrl-C, and the terminal is as before", async () => {
    const { outcome, modes } = await type("half\u0003");
    expect(outcome).toBeInstanceOf(Interrupted);
    expect(modes).toEqual([true, false]);
  });
});
