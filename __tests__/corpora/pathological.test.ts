import { beforeAll, expect, it } from "@jest/globals";
import { z } from "zod";
import { describeCorpus, readCorpus } from "@/__tests__/support/corpora";
import { fastest } from "@/__tests__/support/fastest";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";
import { render } from "@/lib/markdown";
import { Problem } from "@/lib/problems";
import { MAX_LENGTH } from "@/lib/schemas/comments";

const inputs = z
  .array(
    z.object({
      name: z.string(),
      parts: z.array(z.tuple([z.string(), z.int()])).optional(),
      gen: z.string().optional(),
    }),
  )
  .parse(JSON.parse(readCorpus("pathological.json")));

const lines = (length: number, line: (n: number) => string) =>
  Array.from({ length }, (_, n) => line(n)).join("");

/** Labels that all fell into one of the sixteen slots of cmark's table of references (its `hash_collisions`). */
function collisions(size: number): string {
  const labels: string[] = [];
  for (let n = 0; labels.length <= size; n++) {
    let hash = 0;
    for (const letter of `x${n}`) hash = (letter.charCodeAt(0) + (hash << 6) + (hash << 16) - hash) | 0;
    if ((hash & 15) === 0) labels.push(`x${n}`);
  }
  const [bad, ...others] = labels;
  return others.map((label) => `[${label}]: /url\n\n[${bad}]\n\n`).join("");
}

/** The inputs that the corpus describes in words: `size` is the count that the words have. */
const GENERATED: Record<string, { size: number; make: (size: number) => string }> = {
  "deeply nested lists": { size: 1000, make: (size) => lines(size, (n) => `${"  ".repeat(n)}* a\n`) },
  "backticks of growing length": { size: 5000, make: (size) => lines(size, (n) => `e${"`".repeat(n)}`) },
  "reference hash collisions": { size: 50_000, make: collisions },
  "many references": {
    size: 80_000,
    make: (size) => lines(size, (n) => `[${n}]: u\n`) + "[0] ".repeat(size / 16),
  },
};

/** The input at a part of its full size, `share` from 0 to 1. */
function make({ name, parts }: (typeof inputs)[number], share: number): string {
  const at = (count: number) => (count === 1 ? 1 : Math.max(1, Math.floor(count * share)));
  if (parts) return parts.map(([text, count]) => text.repeat(at(count))).join("");
  const generated = GENERATED[name];
  if (!generated) throw new Error(`Nobody knows how to make "${name}"`);
  return generated.make(at(generated.size));
}

/** As large as a comment may be. */
function scaled(input: (typeof inputs)[number]): string {
  let [low, high] = [0, 1];
  if (make(input, 1).length <= MAX_LENGTH) return make(input, 1);
  for (let n = 0; n < 20; n++) {
    const middle = (low + high) / 2;
    if (make(input, middle).length <= MAX_LENGTH) low = middle;
    else high = middle;
  }
  return make(input, low);
}

describeCorpus("cmark's pathological inputs", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });

  it.each(inputs)("$name: as long as a comment may be, under 50 ms", (input) => {
    const markdown = scaled(input).replaceAll("\0", "");
    const time = fastest(() => {
      try {
        render(markdown);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
    });
    expect(time).toBeLessThan(50);
  });

  it.each(inputs)(
    "$name: in full, answered in the contract's form, and refused where it is too long",
    async (input) => {
      const size = input.gen && input.name !== "deeply nested lists" ? 0.05 : 1;
      const comment = make(input, size).slice(0, 40_000);
      const before = performance.now();
      const response = await request(server.url).post("/api/preview").send({ comment });
      if (response.status !== 200)
        expect(response.headers["content-type"]).toMatch(/^application\/problem\+json/);
      if (comment.length > MAX_LENGTH) expect([400, 413]).toContain(response.status);
      expect([200, 400, 413]).toContain(response.status);
      expect(performance.now() - before).toBeLessThan(1000);
    },
  );
});
