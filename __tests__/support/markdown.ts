import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import markdownIt from "markdown-it";

const root = join(__dirname, "..", "..");

interface Heading {
  level: number;
  text: string;
}

export interface Block {
  /** What stands behind the fence, such as `json`. */
  language: string;
  text: string;
  /** The last heading before it. */
  under: string;
}

interface Row {
  cells: string[];
  under: string;
}

/** A Markdown file of the project, taken apart. */
export interface Document {
  file: string;
  text: string;
  headings: Heading[];
  blocks: Block[];
  /** Rows of tables, without their heads; code loses its backticks. */
  rows: Row[];
  /** Addresses of links and images. */
  links: string[];
}

export function isThere(file: string): boolean {
  return existsSync(join(root, file));
}

export function readText(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** Reads a file, named from the project's root. */
export function readDocument(file: string): Document {
  const text = readText(file);
  const document: Document = { file, text, headings: [], blocks: [], rows: [], links: [] };
  const tokens = markdownIt({ html: false }).parse(text, {});
  let inBody = false;
  for (const [index, token] of tokens.entries()) {
    const inner = tokens[index + 1];
    const under = document.headings.at(-1)?.text ?? "";
    if (token.type === "heading_open") {
      document.headings.push({ level: Number(token.tag.slice(1)), text: plain(inner?.content ?? "") });
    } else if (token.type === "fence") {
      document.blocks.push({ language: token.info.trim(), text: token.content, under });
    } else if (token.type === "tbody_open") inBody = true;
    else if (token.type === "tbody_close") inBody = false;
    else if (token.type === "tr_open" && inBody) document.rows.push({ cells: [], under });
    else if (token.type === "td_open") document.rows.at(-1)?.cells.push(plain(inner?.content ?? ""));
    for (const child of token.children ?? []) {
      const address = child.attrGet("href") ?? child.attrGet("src");
      if (address !== null) document.links.push(address);
    }
  }
  return document;
}

function plain(text: string): string {
  return text.replaceAll("`", "");
}
