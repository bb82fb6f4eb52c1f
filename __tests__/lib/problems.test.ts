import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { toDocsPage } from "@/lib/docs";
import { PROBLEMS } from "@/lib/problems";

const text = readFileSync(join(__dirname, "..", "..", "docs", "problems.md"), "utf8");
const sections = new Map(
  text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = "", ...rest] = section.split("\n");
      return [heading, rest.join("\n").trim()] as const;
    }),
);

it("docs/problems.md has a heading for every code, in the order of their statuses, and no other", () => {
  expect([...sections.keys()]).toEqual(Object.keys(PROBLEMS).map((code) => code.replaceAll("_", "-")));
});

it.each(Object.entries(PROBLEMS))(
  "it says of %s the status, what it means and what to do",
  (code, [status]) => {
    const section = sections.get(code.replaceAll("_", "-")) ?? "";
    expect(section.startsWith(`Status ${status}. `)).toBe(true);
    expect(section.length).toBeGreaterThan(80);
  },
);

it("the page has for every code the anchor that the type of an error names", () => {
  const { html, title } = toDocsPage("problems", text);
  expect(title).toBe("Problems");
  for (const code of Object.keys(PROBLEMS)) expect(html).toContain(`<h2 id="${code.replaceAll("_", "-")}">`);
});
