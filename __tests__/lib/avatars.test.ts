import { describe, expect, it } from "@jest/globals";
import { SaxesParser } from "saxes";
import sharp from "sharp";
import { drawAvatar } from "@/lib/avatars";
import { hash } from "@/lib/secrets";

const seeds = Array.from({ length: 1000 }, (_, n) => hash(`name ${n}`).slice(0, 16));
const extremes = ["0".repeat(16), "f".repeat(16), "8000000000000000"];
const pictures = [...seeds, ...extremes].map(drawAvatar);

/** The grounds that a page has in components/thread/thread.css, in light and in dark. */
const PAGES = ["#fcfcfb", "#141816"];

/** The names and attributes of all elements. Throws where it is not well-formed. */
function elementsOf(svg: string): { name: string; attributes: Record<string, string> }[] {
  const elements: { name: string; attributes: Record<string, string> }[] = [];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => elements.push({ name, attributes }));
  parser.write(svg).close();
  return elements;
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((from) => {
    const share = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe("a picture drawn from a seed", () => {
  it("is the same today as it was: browsers keep it for a year", () => {
    expect(drawAvatar("0123456789abcdef")).toBe(drawAvatar("0123456789abcdef"));
    expect(drawAvatar("0123456789abcdef")).toMatchInlineSnapshot(`
"<svg xmlns="http://www.w3.org/2000/svg" viewBox="-250 -250 500 500" width="96" height="96"><path fill="#4a7f24" d="M-250-250h500v500h-500z"/><path fill="#fde7d4" d="M0 0L88 34 126 158 14 93zM0 0L14 93 -73 188 -73 59zM0 0L-73 59 -200 31 -88-34zM0 0L-88-34 -126-158 -14-93zM0 0L-14-93 73-188 73-59zM0 0L73-59 200-31 88 34z"/><circle r="62" fill="#dbcaff"/><circle r="26" fill="#4a7f24"/></svg>
"
`);
  });

  it("is small, well-formed, and nothing but shapes", () => {
    for (const svg of pictures) {
      expect(Buffer.byteLength(svg)).toBeLessThan(600);
      const [root, ...shapes] = elementsOf(svg);
      expect(root).toMatchObject({ name: "svg", attributes: { xmlns: "http://www.w3.org/2000/svg" } });
      for (const { name, attributes } of shapes) {
        expect(["path", "circle"]).toContain(name);
        for (const attribute of Object.keys(attributes))
          expect(["d", "r", "fill", "stroke", "stroke-width", "stroke-linecap"]).toContain(attribute);
      }
      expect(svg).not.toMatch(/NaN|undefined|Infinity|e-\d/);
    }
  });

  it("is another one for each of a thousand names, at the size of a comment's too", async () => {
    expect(new Set(pictures).size).toBe(pictures.length);
    const shown = await Promise.all(
      pictures.map((svg) => sharp(Buffer.from(svg)).resize(36, 36).raw().toBuffer()),
    );
    expect(new Set(shown.map((pixels) => hash(pixels.toString("base64")))).size).toBe(pictures.length);
  });

  it("stands out from light and dark pages, and what is drawn stands out from its ground", () => {
    for (const svg of pictures) {
      const colours = elementsOf(svg).flatMap(({ attributes: { fill, stroke } }) => fill ?? stroke ?? []);
      const [ground = "", ...others] = colours;
      expect(others.length).toBeGreaterThan(0);
      for (const page of PAGES) expect(contrast(ground, page)).toBeGreaterThanOrEqual(3);
      for (const colour of others.filter((one) => one !== ground))
        expect(contrast(ground, colour)).toBeGreaterThanOrEqual(3);
    }
  });
});
