import { z } from "zod";
import { count, id } from "@/lib/schemas/fields";
import { paging } from "@/lib/schemas/queries";

export const feedQuery = z.strictObject({
  ...paging,
  format: z
    .enum(["atom", "json"])
    .optional()
    .meta({ description: "atom, or json for JSON Feed, whatever Accept says." }),
});

export type FeedQuery = z.output<typeof feedQuery>;

/** JSON Feed 1.1, as far as it is used here. */
export const jsonFeedAnswer = z.strictObject({
  version: z.literal("https://jsonfeed.org/version/1.1"),
  title: z.string(),
  home_page_url: z.string(),
  feed_url: z.string(),
  next_url: z.string().optional(),
  items: z.array(
    z.strictObject({
      id: z.string(),
      url: z.string(),
      title: z.string(),
      content_html: z.string(),
      date_published: z.iso.datetime(),
      date_modified: z.iso.datetime(),
      authors: z.array(
        z.strictObject({ name: z.string(), url: z.string().optional(), avatar: z.string().optional() }),
      ),
      _antiphon: z.strictObject({
        comment: id,
        post: id,
        parent: id.nullable(),
        replies: count,
        in_reply_to: z.string(),
      }),
    }),
  ),
});
