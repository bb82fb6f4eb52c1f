import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { isAlive, until } from "@/__tests__/support/until";

/*
 * The real cli/setup.mjs in a small project of its own, whose npm and next are stand-ins that keep a list of calls.
 */
const project = join(__dirname, "..", "..");
let root: string;
const at = (...names: string[]) => join(root, ...names);

// They fail as the real ones do: they say why, and exit with 1.
const standInNpm = `
  const fs = require("node:fs");
  fs.appendFileSync("calls", "npm " + process.argv.slice(2).join(" ") + "\\n");
  if (process.env.NPM_SAYS) { console.error(process.env.NPM_SAYS); process.exit(1); }
  fs.mkdirSync("node_modules/next/dist/bin", { recursive: true });
  fs.copyFileSync("next.cjs", "node_modules/next/dist/bin/next");
`;
const standInNext = `
  const fs = require("node:fs");
  fs.appendFileSync("calls", ["next", ...process.argv.slice(2), process.env.NODE_ENV].join(" ") + "\\n");
  if (process.env.NEXT_HANGS) { fs.writeFileSync("next.pid", String(process.pid)); setInterval(() => {}, 1000); }
  else if (process.env.NEXT_SAYS) { console.log(process.env.NEXT_SAYS); process.exit(1); }
  else { fs.mkdirSync(".next", { recursive: true }); fs.writeFileSync(".next/BUILD_ID", String(Date.now())); }
`;

function write(name: string, text: string): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "antiphon-setup-"));
  mkdirSync(at("cli"));
  for (const name of ["setup.mjs", "element.mjs"]) cpSync(join(project, "cli", name), at("cli", name));
  write("package.json", JSON.stringify({ dependencies: { next: "1.0.0" } }));
  write("package-lock.json", "{}");
  write("lib/greeting.ts", "export const greeting = 'hello';\n");
  write(
    "server.ts",
    'import { greeting } from "@/lib/greeting";\nconsole.log(greeting, process.env.ANTIPHON_BUILD);\n',
  );
  write("npm.cjs", standInNpm);
  write("next.cjs", standInNext);
  mkdirSync(at("node_modules"));
  symlinkSync(join(project, "node_modules", "esbuild"), at("node_modules", "esbuild"));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function begin(step: string, env: Record<string, string> = {}, flags: string[] = []): ChildProcess {
  return spawn(process.execPath, [...flags, at("cli", "setup.mjs"), step], {
    env: { NODE_ENV: "test", PATH: process.env.PATH ?? "", npm_execpath: at("npm.cjs"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function setUp(step: string, env?: Record<string, string>, flags?: string[]) {
  const child = begin(step, env, flags);
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  return { code, output };
}

/** Which programs were started since the last look. */
function calls(): string[] {
  if (!existsSync(at("calls"))) return [];
  const names = readFileSync(at("calls"), "utf8").trim().split("\n");
  rmSync(at("calls"));
  return names.map((line) => line.split(" ")[0] ?? "");
}

async function said(file: string): Promise<string> {
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await once(child, "close");
  return output;
}

describe("what it does", () => {
  it("installs with the build tools, builds for production, and bundles the server", async () => {
    const { code, output } = await setUp("build", { NODE_ENV: "production" });
    expect(code).toBe(0);
    expect(readFileSync(at("calls"), "utf8")).toMatch(
      /^npm .*--include=dev.*\nnext build --webpack production\n$/,
    );
    expect(output).toMatch(/Installing packages …\n.*done in \d+ s\n/);
    expect(await said(at("dist", "server.js"))).toMatch(/^hello [0-9a-f]{12}\n$/);
  });

  it("starts no program the second time", async () => {
    await setUp("build");
    calls();
    expect(await setUp("build")).toEqual({ code: 0, output: "" });
    expect(calls()).toEqual([]);
  });

  it("builds nothing when only the packages are asked for", async () => {
    await setUp("install");
    expect(calls()).toEqual(["npm"]);
    expect(existsSync(at("dist", "server.js"))).toBe(false);
  });

  it("goes by content: a touched file is not stale", async () => {
    await setUp("build");
    calls();
    utimesSync(at("lib", "greeting.ts"), new Date(), new Date());
    await setUp("build");
    expect(calls()).toEqual([]);
  });

  it.each([
    ["changed", () => appendFileSync(at("lib", "greeting.ts"), "// changed\n")],
    ["added", () => write("pages/new.tsx", "")],
    ["removed", () => rmSync(at("lib", "unused.ts"))],
  ])("builds again when a source is %s, and installs nothing", async (_name, change) => {
    write("lib/unused.ts", "");
    await setUp("build");
    calls();
    change();
    await setUp("build");
    expect(calls()).toEqual(["next"]);
  });

  it("installs and builds again when the lock file changes", async () => {
    await setUp("build");
    calls();
    write("package-lock.json", '{ "lockfileVersion": 3 }');
    await setUp("build");
    expect(calls()).toEqual(["npm", "next"]);
  });

  it.each(["dist", ".next"])("builds again when %s was deleted", async (folder) => {
    await setUp("build");
    calls();
    rmSync(at(folder), { recursive: true });
    await setUp("build");
    expect(calls()).toEqual(["next"]);
  });
});

describe("the element", () => {
  beforeEach(() => {
    write("components/thread/thread.css", "/*! Legal */\n.comment {\n  color: red;\n}\n");
    write("embed/part.ts", "/*! Legal */\nexport const part = 'a part';\n");
    write("embed/index.ts", 'import { part } from "@/embed/part";\nconsole.log(part);\nexport { part };\n');
  });

  it("is one script, beside the style sheet of threads", async () => {
    expect((await setUp("build")).code).toBe(0);
    expect(await said(at("public", "embed.js"))).toBe("a part\n");
    expect(readFileSync(at("public", "embed.css"), "utf8")).toBe(".comment{color:red}\n");
    expect(readFileSync(at("public", "embed.js"), "utf8")).not.toContain("Legal");
    expect(readdirSync(at("public")).sort()).toEqual(["embed.css", "embed.js"]);
  });

  it("is built again when it was deleted or one of its parts has changed, and what is built is no source", async () => {
    await setUp("build");
    calls();
    await setUp("build");
    expect(calls()).toEqual([]);
    rmSync(at("public", "embed.js"));
    await setUp("build");
    expect(calls()).toEqual(["next"]);
    write("embed/part.ts", "export const part = 'a new part';\n");
    await setUp("build");
    expect(calls()).toEqual(["next"]);
    expect(await said(at("public", "embed.js"))).toBe("a new part\n");
  });

  it("that can't be built is told, and leaves no stamp and no half of a file", async () => {
    write("embed/index.ts", "const = 1;\n");
    const { code, output } = await setUp("build");
    expect([code, output]).toEqual([1, expect.stringContaining("embed/index.ts:1:6")]);
    expect(existsSync(at("dist", ".antiphon"))).toBe(false);
    expect(existsSync(at("public", "embed.js"))).toBe(false);
  });
});

describe("two at once", () => {
  it("build once, and both succeed", async () => {
    const both = await Promise.all([setUp("build"), setUp("build")]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(calls()).toEqual(["npm", "next"]);
    expect(existsSync(at("dist", ".lock"))).toBe(false);
  });

  it("a lock whose owner is dead is void", async () => {
    const dead = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(dead, "exit");
    write("dist/.lock/pid", String(dead.pid));
    expect((await setUp("build")).code).toBe(0);
  });
});

describe("a failure", () => {
  it("leaves no stamp, shows what the build said, and the next run builds again", async () => {
    await setUp("install");
    const { code, output } = await setUp("build", { NEXT_SAYS: "Syntax error in pages/index.tsx" });
    expect(code).toBe(1);
    expect(output).toContain("Syntax error in pages/index.tsx");
    calls();
    expect((await setUp("build")).code).toBe(0);
    expect(calls()).toEqual(["next"]);
  });

  it("of the bundle is told, and leaves no stamp", async () => {
    write("server.ts", "const = 1;\n");
    expect(await setUp("build")).toMatchObject({ code: 1, output: expect.stringContaining("server.ts:1:6") });
    expect(existsSync(at("dist", ".antiphon"))).toBe(false);
  });

  it.each([
    [
      "there is no compiler",
      "gyp ERR! stack Error: not found: make",
      /install python3, make and a C\+\+ compiler/,
    ],
    ["there is no network", "npm error code ENOTFOUND\nnpm error errno ENOTFOUND", /check the network/],
    [
      "the compiler's headers cannot be fetched",
      "gyp ERR! stack FetchError: getaddrinfo ENOTFOUND headers.example",
      /check the network/,
    ],
    [
      "the folder may not be written",
      "npm error Error: EACCES: permission denied, mkdir '/srv/antiphon/node_modules'",
      /^\/srv\/antiphon\/node_modules cannot be written/m,
    ],
    ["the disk is full", "npm error code ENOSPC", /The disk is full/],
    ["nobody knows why", "npm error something else", /what went wrong is above/],
  ])("says what to do when %s", async (_name, npmSays, sentence) => {
    const { code, output } = await setUp("build", { NPM_SAYS: npmSays });
    expect(code).toBe(1);
    expect(output).toContain(npmSays);
    expect(output.trimEnd().split("\n").at(-1)).toMatch(sentence);
  });

  it("says so when the Node is too old, before anything else", async () => {
    write(
      "old.cjs",
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.19.1" } });',
    );
    const { code, output } = await setUp("build", {}, ["--require", at("old.cjs")]);
    expect(code).toBe(1);
    expect(output).toMatch(
      /^Antiphon needs Node 20\.9 or later; this is v.* Install it from nodejs\.org .*\.\n$/,
    );
    expect(calls()).toEqual([]);
  });

  it("a signal in the middle of a build ends the build too, and frees the lock", async () => {
    await setUp("install");
    const child = begin("build", { NEXT_HANGS: "yes" });
    await until(() => existsSync(at("next.pid")) && readFileSync(at("next.pid"), "utf8") !== "");
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    expect(code).toBe(143);
    await until(() => !isAlive(Number(readFileSync(at("next.pid"), "utf8"))));
    expect(existsSync(at("dist", ".lock"))).toBe(false);
  });
});
