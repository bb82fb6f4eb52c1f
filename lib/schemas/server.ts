import { z } from "zod";

export const healthQuery = z.strictObject({
  ready: z.literal(["", "1", "true"]).optional().meta({ description: "Ask the database, too." }),
});

export const helloAnswer = z.strictObject({ message: z.literal("Hello World") });
export const healthAnswer = z.strictObject({ status: z.literal("ok") });

export const openApiAnswer = z.looseObject({ openapi: z.literal("3.1.1") });

export const problemShape = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  error: z.string(),
  code: z.string(),
  requestId: z.string(),
  issues: z
    .array(
      z.strictObject({
        path: z.array(z.union([z.string(), z.number()])),
        code: z.string(),
        message: z.string(),
      }),
    )
    .optional(),
});
