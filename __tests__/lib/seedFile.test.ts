import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readRows } from "@/lib/seedFile";

const read = (text: string | Buffer) => [...readRows([Buffer.from(text)])];

/** The same bytes in pieces that end wherever `sizes` say. */
function* cut(bytes: Buffer, sizes: number[]): Generator<Uint8Array> {
  for (let from = 0, n = 0; from < bytes.length; n++) {
    const to = from + (sizes[n % sizes.length] ?? 1);
    yield bytes.subarray(from, to);
    from = to;
  }
}

const values = fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 8 });
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
const newLine = fc.constantFrom("\n", "\r\n");

describe("an array", () => {
  it("yields the same values on the same lines, however it is laid out and cut", () => {
    const space = fc.stringMatching(/^[ \t\n]{0,4}$/);
    const indent = fc.constantFrom(0, 1, 2, "\t");
    fc.assert(
      fc.property(
        values,
        fc.array(space, { minLength: 1 }),
        indent,
        sizes,
        newLine,
        fc.boolean(),
        (rows, spaces, step, at, end, marked) => {
          let text = `${spaces[0]}[`;
          const expected = rows.map((row, n) => {
            text += `${n > 0 ? "," : ""}${spaces[n % spaces.length]}`;
            const line = text.split("\n").length;
            text += `${JSON.stringify(row, null, step)}${spaces[(n + 1) % spaces.length]}`;
            return { line, value: JSON.parse(JSON.stringify(row)) };
          });
          text += `]${spaces[0]}`;
          const bytes = Buffer.from(`${marked ? "\ufeff" : ""}${text.replaceAll("\n", end)}`);
          expect([...readRows(cut(bytes, at))]).toEqual(expected);
        },
      ),
    );
  });

  it.each([
    ["a row that is no JSON", '[{"a":1},\n{"a":},\n{"a":3}]', [1, 3], [[2, /^it is not JSON: /]]],
    ["rows without a comma between", '[{"a":1}\n{"a":2},\n{"a":3}]', [3], [[1, /^it is not JSON: /]]],
    ["a comma at the end", '[{"a":1},\n{"a":2},\n]', [1, 2], [[3, /^there is a comma and no row$/]]],
    [
      "commas at the beginning and twice",
      '[,\n{"a":1},,\n{"a":2}]',
      [2, 3],
      [
        [1, /comma/],
        [2, /comma/],
      ],
    ],
    ["a member twice", '[{"a":1,"a":2},\n{"a":3}]', [2], [[1, /^it has the member "a" twice$/]]],
    [
      "too much nesting",
      `[${"[".repeat(40)}${"]".repeat(40)},\n1]`,
      [2],
      [[1, /^it nests more than 32 deep$/]],
    ],
    ["a comment as of JavaScript", '[{"a":1}, // no\n{"a":2}]', [1], [[1, /^it is not JSON: /]]],
    ["half a file", '[{"a":1},\n{"a":', [1], [[2, /^the file ends within this row$/]]],
    ["no end", '[{"a":1}\n', [], [[1, /^the file ends within/]]],
    [
      "a string without an end",
      '[{"a":1},\n{\n"a":"x},\n{"a":3}]',
      [1],
      [[2, /^a string has no end on line 3; nothing behind it could be read$/]],
    ],
    [
      "a bracket of the other kind",
      '[{"a":1},\n{"a":[1},\n{"a":3}]',
      [1],
      [[2, /closes what was not opened; nothing behind it/]],
    ],
    [
      "a bracket too many",
      '[{"a":1}},\n{"a":3}]',
      [],
      [[1, /closes what was not opened; nothing behind it/]],
    ],
    [
      "something behind the end",
      '[{"a":1}]\n\n[{"a":2}]',
      [1],
      [[3, /^the array ended before this; nothing behind it/]],
    ],
  ] as const)("%s is refused with its line, and the rest is read", (_name, text, lines, refusals) => {
    const rows = read(text);
    expect(rows.flatMap((row) => ("value" in row ? [row.line] : []))).toEqual(lines);
    const refused = rows.flatMap((row) => ("reason" in row ? [row] : []));
    expect(refused.map(({ line }) => line)).toEqual(refusals.map(([line]) => line));
    refused.forEach(({ reason }, n) => {
      expect(reason).toMatch(refusals[n]?.[1] ?? "");
    });
  });

  it("with nothing in it has no rows", () => {
    expect(read(" [\n] \n")).toEqual([]);
  });
});

describe("JSON lines", () => {
  it("yield the same values on the same lines, blank lines or not, however they are cut", () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(objects, sizes, newLine, fc.nat(2), fc.boolean(), (rows, at, end, blank, marked) => {
        const lines = rows.flatMap((row) => [JSON.stringify(row), ...Array<string>(blank).fill(" ")]);
        const bytes = Buffer.from(`${marked ? "\ufeff" : ""}${lines.join(end)}`);
        const expected = rows.map((row, n) => ({
          line: n * (blank + 1) + 1,
          value: JSON.parse(JSON.stringify(row)),
        }));
        expect([...readRows(cut(bytes, at))]).toEqual(expected);
      }),
    );
  });

  it("a broken one is refused with its line, and the rest is read", () => {
    expect(read('{"a":1}\n{"a":\n\n{"a":"x\n{"a":4},\n{"a":5}\n')).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 2, reason: expect.stringMatching(/^it is not JSON: /) },
      { line: 4, reason: expect.stringMatching(/^it is not JSON: /) },
      { line: 5, reason: expect.stringMatching(/^it is not JSON: /) },
      { line: 6, value: { a: 5 } },
    ]);
  });
});

it.each(["", " \r\n\t", "\ufeff"])("a file with nothing in it says so: %j", (text) => {
  expect(read(text)).toEqual([{ line: 1, reason: "the file is empty" }]);
});

it("a row that is not UTF-8 is refused, and the rest is read", () => {
  const latin1 = Buffer.from('[{"a":"caf\u00e9"},\n{"a":2}]', "latin1");
  expect(read(latin1)).toEqual([
    { line: 1, reason: "it is not UTF-8" },
    { line: 2, value: { a: 2 } },
  ]);
});

it("a row of many megabytes is refused, and not kept in memory", () => {
  function* huge() {
    yield Buffer.from('[{"a":"');
    for (let n = 0; n < 64; n++) yield Buffer.alloc(64 * 1024, "x");
    yield Buffer.from('"},\n{"a":2}]');
  }
  expect([...readRows(huge())]).toEqual([
    { line: 1, reason: "it is longer than 2097152 bytes" },
    { line: 2, value: { a: 2 } },
  ]);
});
