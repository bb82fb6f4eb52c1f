import { z } from "zod";

const sample = z.strictObject({
  /** What stands behind the family's name: nothing, or a part of a histogram. */
  suffix: z.enum(["", "_bucket", "_sum", "_count"]).optional(),
  labels: z.record(z.string(), z.string()),
  value: z.number(),
});

const family = z.strictObject({
  name: z.string(),
  help: z.string(),
  type: z.enum(["counter", "gauge", "histogram"]),
  samples: z.array(sample),
});

/** A number, or several of one kind that differ in labels. What a label can be is never up to who asks. */
export type Family = z.output<typeof family>;

/** What one process counts, at one moment. `worker`: its place among those that serve. `since`: when it began, in seconds. */
export const snapshotShape = z.strictObject({
  worker: z.string(),
  since: z.number(),
  families: z.array(family),
});
export type Snapshot = z.output<typeof snapshotShape>;

/** A family of one number without labels. */
export function one(type: "counter" | "gauge", name: string, help: string, value: number): Family {
  return { name, help, type, samples: [{ labels: {}, value }] };
}
