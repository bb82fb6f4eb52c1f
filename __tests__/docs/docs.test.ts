import { dirname, normalize } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type Document, isThere, readDocument, readText } from "@/__tests__/support/markdown";
import { readConfig, settings } from "@/lib/config";
import { operations } from "@/lib/operations";
import { toSlug } from "@/lib/pages";
import { PROBLEMS } from "@/lib/problems";
import packageFile from "@/package.json";

const readme = readDocument("README.md");
const api = readDocument("docs/api.md");
const configuration = readDocument("docs/configuration.md");
const operating = readDocument("docs/operations.md");
const architecture = readDocument("docs/architecture.md");
const contributing = readDocument("CONTRIBUTING.md");
const changelog = readDocument("CHANGELOG.md");
const guides = ["embedding", "guides", "theming"].map((name) => readDocument(`docs/${name}.md`));
const board = readText("docs/grafana.json");
const documents = [readme, api, configuration, operating, architecture, contributing, changelog, ...guides];

const names = settings.map(({ name }) => name);

function headingsOf(document: Document, level: number): string[] {
  return document.headings.filter((heading) => heading.level === level).map(({ text }) => text);
}

function rowsUnder(document: Document, ...headings: string[]): string[][] {
  return document.rows.filter(({ under }) => headings.includes(under)).map(({ cells }) => cells);
}

/** The text under a heading of the second level. */
function sectionOf(document: Document, heading: string): string {
  return document.text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
}

describe("the settings", () => {
  test("have a heading each in docs/configuration.md, and nothing else there looks like one", () => {
    expect(headingsOf(configuration, 2).filter((text) => /^[A-Z_]+$/.test(text))).toEqual(names);
  });

  test.each(settings)(
    "$name is described with its true default and an example that is accepted",
    ({ name, standard }) => {
      const section = sectionOf(configuration, name);
      expect(section).toContain(standard === null ? "Default: none" : `Default: \`${standard}\``);
      const example = configuration.blocks.find(
        ({ language, under }) => language === "ini" && under === name,
      );
      const env = readEnv(example?.text ?? "");
      expect(Object.keys(env)).toContain(name);
      expect(() => readConfig(env)).not.toThrow();
    },
  );

  test("are all in .env.example, commented out, each with its meaning and its default", () => {
    const text = readText(".env.example");
    expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
    const lines = [...text.matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
    expect(lines).toEqual(settings.map(({ name, standard }) => [name, standard ?? ""]));
    const words = text.replace(/\n# /g, " ");
    for (const { meaning } of settings) expect(words).toContain(meaning);
    expect(readConfig(readEnv(text.replace(/^# (?=[A-Z_]+=)/gm, "")))).toEqual(readConfig({}));
  });

  test("are all in the table of the README, with their defaults", () => {
    const rows = rowsUnder(readme, "Settings").map(([name, standard]) => [name, standard]);
    expect(rows).toEqual(settings.map(({ name, standard }) => [name, standard ?? "none"]));
  });

  test("that the docs name exist", () => {
    const other = [
      "NODE_ENV",
      "CORPORA",
      "TOKEN",
      "EDIT_TOKEN",
      "ETAG",
      "HOOK_BODY",
      "HOOK_AT",
      "HOOK_KEY",
      "HOOK_SIGNATURE",
    ];
    for (const { file, text } of documents) {
      const named = [...text.matchAll(/\b([A-Z]+(?:_[A-Z]+)*)=/g)].map(([, name]) => name ?? "");
      const unknown = named.filter((name) => ![...names, ...other].includes(name));
      expect([file, unknown]).toEqual([file, []]);
    }
  });
});

function readEnv(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
}

describe("docs/api.md", () => {
  test("has a heading for every operation, and for no other", () => {
    const documented = headingsOf(api, 3).filter((text) => /^[A-Z]+ \//.test(text));
    expect([...documented].sort()).toEqual(
      operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort(),
    );
  });

  test("has an example under every operation", () => {
    const shown = new Set(
      api.blocks.filter(({ text }) => text.startsWith("curl ")).map(({ under }) => under),
    );
    expect(
      operations
        .map(({ method, path }) => `${method.toUpperCase()} ${path}`)
        .filter((one) => !shown.has(one)),
    ).toEqual([]);
  });

  test("lists every error with its status, and no other", () => {
    const rows = rowsUnder(api, "Errors").map(([code, status]) => [code, Number(status)]);
    expect(rows).toEqual(Object.entries(PROBLEMS).map(([code, [status]]) => [code, status]));
  });

  test("names the parameters of every operation's query and body", () => {
    for (const { method, path, query, body } of operations) {
      const heading = `${method.toUpperCase()} ${path}`;
      const section = api.text.split(/^###? /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
      const paging = ["limit", "cursor"];
      const settable = Object.entries(body?.shape ?? {}).filter(([, shape]) => !isIgnored(shape));
      const members = [...Object.keys(query?.shape ?? {}), ...settable.map(([name]) => name)];
      const silent = members.filter((name) => !paging.includes(name) && !section.includes(`\`${name}\``));
      expect([heading, silent]).toEqual([heading, []]);
    }
  });
});

function isIgnored(shape: { meta(): { description?: string } | undefined }): boolean {
  return shape.meta()?.description === "Ignored.";
}

describe("the board for Grafana", () => {
  test("asks for metrics that docs/operations.md lists, by every panel", () => {
    const listed = rowsUnder(operating, "Metrics").map(([name = ""]) => name);
    const { panels } = JSON.parse(board);
    expect(panels.length).toBeGreaterThan(10);
    for (const { title, targets } of panels)
      for (const { expr } of targets) {
        const named = [...String(expr).matchAll(/\b(?:antiphon|process|nodejs)_\w+/g)].map(([name]) =>
          name.replace(/_bucket$/, ""),
        );
        expect([title, named.length > 0]).toEqual([title, true]);
        expect([title, named.filter((name) => !listed.includes(name))]).toEqual([title, []]);
      }
  });
});

describe("docs/architecture.md", () => {
  test("gives a reason for every package that is needed, and for no other", () => {
    const packages = (all: Record<string, string>) => [
      ...new Set(Object.keys(all).map((name) => name.replace(/^@types\/.*/, "@types/*"))),
    ];
    const listed = (heading: string) => rowsUnder(architecture, heading).map(([name]) => name);
    expect(listed("Packages that run")).toEqual(packages(packageFile.dependencies));
    expect(listed("Packages that build and test")).toEqual(packages(packageFile.devDependencies));
    for (const [name, reason] of rowsUnder(
      architecture,
      "Packages that run",
      "Packages that build and test",
    )) {
      expect([name, reason]).toEqual([name, expect.stringMatching(/\w{3,}/)]);
    }
  });

  test("names files and folders that exist", () => {
    const named = [...architecture.text.matchAll(/`((?:pages|lib|db|cli|docs|__tests__)\/[\w./[\]-]*)`/g)];
    const missing = named.map(([, name]) => name ?? "").filter((name) => !isThere(name));
    expect(missing).toEqual([]);
  });
});

describe("every document", () => {
  test.each(documents)("$file names commands of npm that exist", ({ text }) => {
    const commands = [...text.matchAll(/\bnpm run ([\w:]+)|\bnpm (start|test)\b/g)].map(
      ([, run, plain]) => run ?? plain,
    );
    expect(
      commands.filter((name) => name === undefined || !Object.hasOwn(packageFile.scripts, name)),
    ).toEqual([]);
  });

  test.each(documents)("$file links to files and headings that are there", ({ file, links }) => {
    const broken = links.filter((link) => !/^(https?|mailto):/.test(link) && !leadsSomewhere(file, link));
    expect(broken).toEqual([]);
  });

  test.each(documents)("$file has JSON in its json blocks", ({ blocks }) => {
    for (const { text } of blocks.filter(({ language }) => language === "json")) {
      expect(() => JSON.parse(text)).not.toThrow();
    }
  });
});

/** On the server the docs have our own anchors, in a repository's browser those of its host: a link suits both. */
function leadsSomewhere(from: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? from : normalize(`${dirname(from)}/${path}`);
  if (!isThere(file)) return false;
  if (anchor === undefined) return true;
  const hosted = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-");
  return readDocument(file).headings.some(({ text }) => hosted(text) === anchor && toSlug(text) === anchor);
}
