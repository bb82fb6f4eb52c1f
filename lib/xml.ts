/** What XML 1.0 has no place for (§2.2), not even as a reference: most control characters, half surrogate pairs, U+FFFE and U+FFFF. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** A carriage return is written as a reference, or readers would make a line feed of it. */
const REFERENCES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};

/** XML that is escaped already. */
export class Markup {
  constructor(readonly text: string) {}
}

type Gap = string | number | null | Markup | Markup[];

/** XML with text in its gaps, of elements or of attributes in double quotes; null leaves a gap empty. */
export function xml(literals: TemplateStringsArray, ...gaps: Gap[]): Markup {
  const parts = literals.map((literal, index) => literal + toXml(gaps[index] ?? null));
  return new Markup(parts.join(""));
}

function toXml(gap: Gap): string {
  if (gap === null) return "";
  if (gap instanceof Markup) return gap.text;
  if (Array.isArray(gap)) return gap.map(({ text }) => text).join("");
  return String(gap)
    .replace(FORBIDDEN, "")
    .replace(/[&<>"\r]/g, (one) => REFERENCES[one] ?? "");
}
