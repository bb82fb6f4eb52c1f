import { expect, it } from "@jest/globals";
import { MAX_INDENT, type Nested, nest } from "@/components/thread/nest";

interface Row {
  id: number;
  parent: number | null;
}

/** `1(2 3>2)`: 2 stands below 1, and so does 3, which answers 2. */
const draw = (nodes: Nested<Row>[]): string =>
  nodes
    .map(({ comment, answers, replies }) => {
      const named = answers === null ? `${comment.id}` : `${comment.id}>${answers}`;
      return replies.length > 0 ? `${named}(${draw(replies)})` : named;
    })
    .join(" ");

it("replies stand below what they answer, in their order", () => {
  const rows = [
    { id: 1, parent: null },
    { id: 2, parent: 1 },
    { id: 3, parent: null },
    { id: 4, parent: 1 },
    { id: 5, parent: 2 },
  ];
  expect(draw(nest(rows))).toBe("1(2(5) 4) 3");
});

it("a reply to a comment that is not in the list stands at the top, and says whom it answers", () => {
  expect(
    draw(
      nest([
        { id: 8, parent: 7 },
        { id: 9, parent: 8 },
      ]),
    ),
  ).toBe("8>7(9)");
});

it("what is deeper than the most stays in line with its parent, and says whom it answers", () => {
  const rows = Array.from({ length: MAX_INDENT + 4 }, (_, index) => ({
    id: index + 1,
    parent: index || null,
  }));
  expect(draw(nest(rows))).toBe("1(2(3(4(5(6 7>6 8>7 9>8)))))");
});

it("a chain of 100,000 replies neither overflows nor takes long", () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => ({ id: index + 1, parent: index || null }));
  expect(nest(rows)).toHaveLength(1);
});
