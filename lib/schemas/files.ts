import { z } from "zod";
import { toPath } from "@/lib/files/names";
import { FILE_TYPES } from "@/lib/files/types";
import { count } from "@/lib/schemas/fields";

/** What comes beside an uploaded file. */
export const newFile = z.strictObject({
  path: z
    .string()
    .transform((value, context) => {
      const path = toPath(value.split("/"));
      if (path !== null) return path;
      context.addIssue(
        "Must be one to ten names with / between, each of at most 64 letters, digits, _, - and single dots inside",
      );
      return z.NEVER;
    })
    .optional()
    .meta({ description: "What to reach it by, such as docs/readme.md; absent: its own name." }),
});

export const fileAnswer = z.strictObject({
  path: z.array(z.string()),
  fullPath: z.string(),
  filename: z.string(),
  size: count,
  type: z.string().meta({ enum: FILE_TYPES }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  url: z.string(),
});

export type FileAnswer = z.output<typeof fileAnswer>;

export const deletedFileAnswer = z.strictObject({ message: z.string(), deleted: fileAnswer });
