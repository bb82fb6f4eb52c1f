import { z } from "zod";
import { count, id } from "@/lib/schemas/fields";
import { wholeNumber, words } from "@/lib/schemas/queries";

export const searchQuery = z.strictObject({
  q: words,
  limit: wholeNumber
    .pipe(z.int().min(1).max(100))
    .default(10)
    .meta({ description: "How many at most: 1 to 100, by default 10." }),
  type: z.enum(["post", "comment"]).optional().meta({ description: "Only these." }),
});

export type SearchInput = z.output<typeof searchQuery>;

export const searchAnswer = z.strictObject({
  search: z.string().meta({ description: "What was sought, as sent." }),
  limit: count,
  total: count.meta({ description: "How many match; 1000 stands for so many or more." }),
  results: z.array(
    z.strictObject({
      type: z.enum(["post", "comment"]),
      id,
      post: id.meta({ description: "The post, or the comment's post." }),
      title: z.string().meta({ description: "The post's title, as text." }),
      snippet: z.string().meta({ description: "HTML: `<mark>` around what matches, all else escaped." }),
      url: z.string(),
    }),
  ),
});
