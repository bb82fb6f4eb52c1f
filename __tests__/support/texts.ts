import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const root = join(__dirname, "..", "..");

/** What a source says of texts. Patterns stand for keys that are put together. */
export interface Said {
  /** Where, from the project's folder. */
  file: string;
  /** The keys that it asks for, whole or as patterns. */
  keys: (string | RegExp)[];
  /** Everything that may be a key, handed on to whoever asks. */
  words: (string | RegExp)[];
}

/** The TypeScript sources in these folders, and what each says. */
export function readSaid(folders: string[]): Said[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readSource(join(folder, name))),
  );
}

function readSource(file: string): Said {
  const said: Said = { file, keys: [], words: [] };
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const walk = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /(^|\.)t$/.test(node.expression.getText()))
      said.keys.push(...keysOf(node.arguments[0]));
    if (ts.isJsxOpeningElement(node) && node.tagName.getText() === "Filled")
      for (const one of node.attributes.properties)
        if (ts.isJsxAttribute(one) && one.name.getText() === "text")
          said.keys.push(...keysOf(one.initializer));
    said.words.push(...keysOf(node));
    ts.forEachChild(node, walk);
  };
  walk(source);
  return said;
}

/** The keys that an expression may be. */
function keysOf(node: ts.Node | undefined): (string | RegExp)[] {
  if (node === undefined) return [];
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...keysOf(node.whenTrue), ...keysOf(node.whenFalse)];
  if (ts.isParenthesizedExpression(node)) return keysOf(node.expression);
  if (ts.isTemplateExpression(node)) {
    const parts = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
    // One without words of its own could be any key.
    if (parts.join("") === "") return [];
    return [new RegExp(`^${parts.map(toPattern).join("[\\w-]+")}$`)];
  }
  return [];
}

function toPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
