import { z } from "zod";
import { count, id, name, text } from "@/lib/schemas/fields";
import { paging, words } from "@/lib/schemas/queries";

export const postsQuery = z.strictObject({
  ...paging,
  author: name.optional().meta({ description: "The byline, in any case." }),
  category: text(80).optional(),
  q: words.optional(),
});

export const postAnswer = z.strictObject({
  id,
  slug: z.string(),
  url: z.string().nullable(),
  title: z.string(),
  content: z.string().nullable(),
  html: z.string().nullable(),
  author: z.string().nullable(),
  user: id.nullable(),
  category: z.string().nullable(),
  commentsOpen: z.boolean(),
  comments: count,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
