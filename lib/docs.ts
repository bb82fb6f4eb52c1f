import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import markdownIt from "markdown-it";
import { toSlug } from "@/lib/pages";

/** A page of docs/: the name of its file without the ending, its first heading, and its HTML. */
export interface DocsPage {
  name: string;
  title: string;
  html: string;
}

const folder = join(process.cwd(), "docs");

/** All pages of docs/, by name. For build time: the files need not be there when the server runs. */
export async function readDocs(): Promise<DocsPage[]> {
  const files = (await readdir(folder)).filter((file) => /^[a-z][a-z0-9-]*\.md$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => toDocsPage(file.slice(0, -3), await readFile(join(folder, file), "utf8"))),
  );
}

/**
 * Our own Markdown as HTML. Every heading has an id, its words with hyphens between. A link to another file of docs/
 * leads to its page; one out of docs/ leads nowhere here, and stays as words. A picture in public/ is shown.
 */
export function toDocsPage(name: string, markdown: string): DocsPage {
  const parser = markdownIt({ html: false });
  const { rules } = parser.renderer;
  const taken = new Map<string, number>();
  let title = name;

  rules.heading_open = (tokens, index, options, _env, self) => {
    const text = tokens[index + 1]?.content ?? "";
    if (tokens[index]?.tag === "h1") title = text;
    const slug = toSlug(text) || "section";
    const times = (taken.get(slug) ?? 0) + 1;
    taken.set(slug, times);
    tokens[index]?.attrSet("id", times === 1 ? slug : `${slug}-${times}`);
    return self.renderToken(tokens, index, options);
  };
  rules.link_open = (tokens, index, options, _env, self) => {
    const token = tokens[index];
    const href = token?.attrGet("href") ?? "";
    if (token && !/^(https?:|mailto:|#|\/)/.test(href)) {
      const inside = /^(?:\.\/)?([a-z][a-z0-9-]*)\.md(#.*)?$/.exec(href);
      token.attrs = inside ? [["href", `/docs/${inside[1]}${inside[2] ?? ""}`]] : null;
    }
    return self.renderToken(tokens, index, options);
  };
  const { image } = rules;
  rules.image = (tokens, index, options, env, self) => {
    const token = tokens[index];
    token?.attrSet("src", (token.attrGet("src") ?? "").replace(/^\.\.\/public\//, "/"));
    return image?.(tokens, index, options, env, self) ?? "";
  };
  // markdown-it aligns cells by a style attribute, which our Content-Security-Policy forbids.
  rules.th_open = () => "<th>";
  rules.td_open = () => "<td>";
  // A wide table scrolls by itself, and the page does not.
  rules.table_open = () => '<div class="wide"><table>';
  rules.table_close = () => "</table></div>";

  const html = parser.render(markdown);
  return { name, title, html };
}
