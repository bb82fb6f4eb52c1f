import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseExposition } from "@/__tests__/support/exposition";
import { toExposition } from "@/lib/metrics/exposition";
import { one, type Snapshot } from "@/lib/metrics/family";

const snapshot = (worker: string, since: number, value: number): Snapshot => ({
  worker,
  since,
  families: [one("counter", "count_total", "Counted.", value)],
});

describe("the text for Prometheus", () => {
  test("has the numbers of each worker apart, in order, and what is shared once", () => {
    const text = toExposition(
      [snapshot("10", 1, 5), snapshot("2", 1, 3)],
      [one("gauge", "kept", "Kept.", 7)],
    );
    expect(text).toBe(
      [
        "# HELP count_total Counted.",
        "# TYPE count_total counter",
        'count_total{worker="2"} 3',
        'count_total{worker="10"} 5',
        "# HELP kept Kept.",
        "# TYPE kept gauge",
        "kept 7",
        "",
      ].join("\n"),
    );
  });

  test("has the newer one of two in the same place, as while workers are renewed", () => {
    for (const both of [
      [snapshot("1", 10, 100), snapshot("1", 20, 1)],
      [snapshot("1", 20, 1), snapshot("1", 10, 100)],
    ]) {
      const { samples } = parseExposition(toExposition(both, []));
      expect(samples).toEqual([{ name: "count_total", labels: { worker: "1" }, value: 1 }]);
    }
  });

  test("is read back as it was, whatever a label or a number is", () => {
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, 1e21, 1e-9, 1 / 3));
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), number, (route, value) => {
        const family = {
          ...one("gauge", "any", "A \\ in\ntwo lines.", 0),
          samples: [{ labels: { route }, value }],
        };
        const [read] = parseExposition(toExposition([], [family])).samples;
        expect(read).toEqual({ name: "any", labels: { route }, value: Object.is(value, -0) ? 0 : value });
      }),
    );
  });
});
