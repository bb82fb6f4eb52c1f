import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readDocument } from "@/__tests__/support/markdown";
import { type Server, startServer } from "@/__tests__/support/server";
import { operations } from "@/lib/operations";

const run = promisify(execFile);
const root = join(__dirname, "..", "..");
const blocks = readDocument("docs/api.md").blocks.filter(({ under }) => under === "From JavaScript");
const blockIn = (language: string) => blocks.find((block) => block.language === language)?.text.trim() ?? "";

let server: Server;
let folder: string;
let bundle: string;

beforeAll(async () => {
  server = await startServer({ SEED: "on" });
  folder = await mkdtemp(join(tmpdir(), "antiphon-client-"));
  bundle = join(folder, "antiphon.js");
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const [, tool = "", ...options] = blockIn("sh").replace("antiphon.js", bundle).split(" ");
  const program = join(root, "node_modules", ".bin", tool);
  await run(program, [...options, "--minify", `--metafile=${join(folder, "meta.json")}`], { cwd: root });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("the command of docs/api.md makes one small file of the client, with nothing else in it", async () => {
  const { inputs } = JSON.parse(await readFile(join(folder, "meta.json"), "utf8"));
  const files = Object.keys(inputs);
  expect(files).toContain("lib/client.ts");
  expect(files.filter((file) => !/^lib\/client[./]/.test(file))).toEqual([]);
  // It grows with the API, and with nothing else.
  expect((await stat(bundle)).size / operations.length).toBeLessThan(110);
});

test("what browsers load of the pages has no schema in it", async () => {
  const has = async (built: string, text: string) => {
    const all = await readdir(join(root, ".next", built), { recursive: true });
    const scripts = all.filter((name) => name.endsWith(".js"));
    const texts = await Promise.all(
      scripts.map((name) => readFile(join(root, ".next", built, name), "utf8")),
    );
    return texts.some((script) => script.includes(text));
  };
  const ofOurSchemas = "half a surrogate pair";
  expect(await has("server", ofOurSchemas)).toBe(true);
  expect(await has("static", ofOurSchemas)).toBe(false);
  expect(await has("static", "_zod")).toBe(false);
});

test("the example of docs/api.md runs in plain Node, and prints what the page says", async () => {
  const file = join(folder, "example.js");
  await writeFile(file, blockIn("js").replace("http://localhost:3000", server.url));
  const { stdout } = await run(process.execPath, [file], { cwd: folder });
  expect(stdout.trim()).toBe(blockIn("text"));
});
