import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import ts from "typescript";
import { readDocument, readText } from "@/__tests__/support/markdown";
import { LANGUAGES } from "@/lib/languages";

const root = join(__dirname, "..", "..");
const document = readDocument("docs/embedding.md");
const files = ts.sys.readDirectory(root, [".ts", ".tsx"], ["node_modules"], ["embed", "components/thread"]);
const sources = files.map((file) => ts.sys.readFile(file) ?? "").join("\n");

/** The first cells of the table under a heading whose column is called `column`. */
function listed(heading: string, column: string): string[] {
  const section = document.text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const table = section.split("\n\n").find((part) => part.startsWith(`| ${column} `)) ?? "";
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, name = ""]) => name).sort();
}

function found(pattern: RegExp, text = sources): string[] {
  return [...new Set([...text.matchAll(pattern)].flatMap(([, names = ""]) => names.split(/[\s,"]+/)))]
    .filter(Boolean)
    .sort();
}

describe("docs/embedding.md lists, and nothing else is there:", () => {
  test("custom properties", () => {
    const css = readText("components/thread/thread.css");
    expect(listed("Custom properties", "property")).toEqual(found(/var\((--antiphon-[a-z-]+)/g, css));
  });

  test("the values that they have", () => {
    const css = readText("components/thread/thread.css");
    const rows = document.rows.filter(({ under }) => under === "Custom properties").map(({ cells }) => cells);
    for (const [name = "", , light = "", dark = ""] of rows.filter(([, , value = ""]) =>
      /^[#\d]/.test(value),
    )) {
      const value = dark === "the same" ? light : `light-dark(${light}, ${dark})`;
      expect(css).toContain(`var(${name}, ${value})`);
    }
  });

  test("parts", () => {
    expect(listed("Parts", "part")).toEqual(found(/\bpart="([^"]+)"/g));
  });

  test("attributes", () => {
    const attributes = (name: string) =>
      found(/observedAttributes = \[([^\]]+)\]/g, readText(`embed/${name}.ts`));
    const themed = found(/:host\(\[(\w+)=/g, readText("components/thread/thread.css"));
    expect(listed("The thread", "attribute")).toEqual([...attributes("AntiphonComments"), ...themed].sort());
    expect(listed("Counts", "attribute")).toEqual(attributes("AntiphonCount"));
  });

  test("events", () => {
    const told = found(/\btell\(\s*"(\w+)"/g).map((name) => `antiphon:${name}`);
    expect(listed("Events and methods", "event")).toEqual(told);
  });

  test("what the browser keeps", () => {
    const kept = found(/(?:keep|recall\w*)\(["`](\w+:?)/g);
    const drafts = found(/= `(draft:)\$/g);
    expect(listed("What the browser keeps", "name")).toEqual(
      [...new Set([...kept, ...drafts])].map((name) => `antiphon:${name}`).sort(),
    );
  });

  test("languages, by their English names", () => {
    const names = new Intl.DisplayNames("en", { type: "language" });
    for (const { code, direction } of LANGUAGES) {
      const section = document.text.split("## Languages")[1] ?? "";
      expect(section).toContain(names.of(code));
      if (direction === "rtl") expect(section.split("; ")[1]).toContain(names.of(code));
    }
    expect(LANGUAGES).toHaveLength(18);
  });
});

test("the types for TypeScript compile, and the element is what they say", () => {
  const use = `
    import { AntiphonComments } from "@/embed/AntiphonComments";
    import type { AntiphonCommentsElement } from "@/public/embed";
    const element: AntiphonCommentsElement = new AntiphonComments();
    document.addEventListener("antiphon:comment", ({ detail }) => console.log(detail.id.toFixed(), element.total));
    void document.querySelector("antiphon-comments")?.reload();
  `;
  const virtual = new Map([[join(root, "embedding-use.ts"), use]]);
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost({ ...options, incremental: false });
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => virtual.has(name) || fileExists(name);
  host.readFile = (name) => virtual.get(name) ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const text = virtual.get(name);
    return text === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, text, rest[0]);
  };
  const program = ts.createProgram(
    [...virtual.keys()],
    { ...options, incremental: false, noEmit: true },
    host,
  );
  const wrong = ts.getPreEmitDiagnostics(program).filter(({ file }) => file && virtual.has(file.fileName));
  expect(wrong.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
}, 120_000);
