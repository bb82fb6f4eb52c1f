import { z } from "zod";
import { text } from "@/lib/schemas/fields";

// Every value of a query is text, and one that may come once only is an array when it comes twice.

export const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, "Must be a whole number")
  .transform(Number);

export const paging = {
  limit: wholeNumber
    .pipe(z.int().min(1).max(100))
    .default(50)
    .meta({ description: "How many at most: 1 to 100, by default 50." }),
  cursor: z
    .string()
    .max(500)
    .optional()
    .meta({ description: "Where the last page ended, from its Link header." }),
};

export const sort = z.enum(["newest", "oldest", "top"]);
export const words = text(200)
  .min(1)
  .meta({ description: 'Words that must occur, and "phrases"; the last word may be a beginning.' });
export const several = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .pipe(z.array(text(2000).min(1)).max(100))
  .meta({ description: "An id, a slug or a page's URL; repeatable, up to 100." });

export const noQuery = z.strictObject({});
