import { expect, it } from "@jest/globals";
import { toDocsPage } from "@/lib/docs";

const render = (markdown: string) => toDocsPage("page", markdown).html;

it("a heading that comes twice has two anchors", () => {
  expect(render("## Set up\n\n## Set-up!\n")).toMatch(/<h2 id="set-up">.*<h2 id="set-up-2">/s);
});

it("a link to another file of docs/ leads to its page, one out of docs/ nowhere, and others stay", () => {
  expect(render("[a](api.md#errors)")).toContain('<a href="/docs/api#errors">a</a>');
  expect(render("[a](./api.md)")).toContain('<a href="/docs/api">a</a>');
  expect(render("[a](../lib/config.ts)")).toContain("<a>a</a>");
  expect(render("[a](https://example.org/x) [b](#here)")).toMatch(
    /href="https:\/\/example.org\/x".*href="#here"/,
  );
});

it("a picture is shown from where the server has it", () => {
  expect(render("![A thread](../public/pictures/thread.webp)")).toContain(
    '<img src="/pictures/thread.webp" alt="A thread">',
  );
});

it("an aligned table has no style attribute, which the Content-Security-Policy would refuse", () => {
  const html = render("| a | b |\n|:-:|--:|\n| 1 | 2 |\n");
  expect(html).toContain("<td>1</td>");
  expect(html).not.toContain("style=");
});

it("a page without a heading is called by its file's name", () => {
  expect(toDocsPage("operations", "Text").title).toBe("operations");
});
