import { z } from "zod";
import { id, instant, text } from "@/lib/schemas/fields";
import { postChange } from "@/lib/schemas/posts";

const TYPES = ["post.published", "post.updated", "post.deleted"] as const;

const { url, slug, title, author, category, commentsOpen } = postChange.shape;

/** Whatever else a sender says about it: what is null counts as absent, and what is unknown here is passed over. */
const data = z.object({
  url: url.meta({ description: "The post's page, of a site in ALLOWED_ORIGINS. It names the post." }),
  key: text(200)
    .nullish()
    .meta({ description: "What the sender calls the post. It names the post, even where its page moves." }),
  slug: slug.nullish().meta({
    description: "Names the post where there is neither key nor url; else what a new one is called here.",
  }),
  title: title.nullish().transform((value) => value ?? undefined),
  content: text(100_000).nullish().meta({ description: "Markdown; empty: there is none any more." }),
  author,
  category,
  commentsOpen: commentsOpen.nullish(),
  publishedAt: toUtc(instant).nullish().meta({ description: "When a new post came out." }),
});

/** What a CMS says happened to a post of its. */
export const hookMessage = z
  .object({
    type: z.enum(TYPES).meta({ description: "What happened; other types are passed over." }),
    timestamp: toUtc(instant).meta({
      description: "When it happened. What is older than what is known of the post changes nothing.",
    }),
    data,
  })
  .superRefine(({ type, data: { url, key, slug, title } }, { addIssue }) => {
    const missing = (name: string, message: string) =>
      addIssue({ code: "custom", path: ["data", name], message });
    if (!url && !key && !slug)
      missing("url", "Is missing, and so are key and slug: one of them names the post");
    if (type !== "post.deleted" && title === undefined) missing("title", "Is missing");
  });

export type HookInput = z.output<typeof hookMessage>;

/** Whether a body says that something happened which this server knows nothing of. */
export function isOtherType(body: unknown): boolean {
  const { data } = z.object({ type: text(200) }).safeParse(body);
  return data !== undefined && !TYPES.some((one) => one === data.type);
}

export const hookAnswer = z.strictObject({
  result: z
    .enum(["created", "updated", "unchanged", "deleted", "restored", "outdated", "absent", "ignored"])
    .meta({ description: "What was done. The last three: nothing." }),
  post: id.nullable(),
  message: z.string(),
});

export type HookAnswer = z.output<typeof hookAnswer>;

function toUtc(shape: typeof instant) {
  return shape.transform((value) => new Date(value).toISOString());
}
