import { z } from "zod";
import { count, id, name, readOnly, text, website } from "@/lib/schemas/fields";
import { paging, words } from "@/lib/schemas/queries";

export const postsQuery = z.strictObject({
  ...paging,
  author: name.optional().meta({ description: "The byline, in any case." }),
  category: text(80).optional(),
  q: words.optional(),
});

/** What an issue says of a required member that is absent, null or blank. */
export const MISSING = "Is missing";

/** Text that has to be there. */
const required = (max: number) =>
  z
    .string({ error: ({ input }) => (input === undefined || input === null ? MISSING : undefined) })
    .pipe(text(max))
    .refine((value) => value.trim() !== "", MISSING);

/** Of one line, without what could turn the direction of the text around it or hide in it. */
const isOneLine = (value: string) => !/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(value);
const oneLine = "Contains control characters";

const title = required(300)
  .refine(isOneLine, oneLine)
  .transform((value) => value.trim())
  .meta({ maxLength: 300 });
const content = required(100_000).meta({ maxLength: 100_000, description: "Markdown, as written." });
const author = required(80).refine(isOneLine, oneLine).meta({
  maxLength: 80,
  description: "The byline, kept as sent.",
});
const slug = z
  .string()
  .max(80)
  .regex(/^(?!\d+$)[a-z0-9]+(-[a-z0-9]+)*$/, "Must be words of a-z and 0-9 with - between, not all digits");
const category = text(80).refine(isOneLine, oneLine);
const url = website.meta({ description: "The page elsewhere that the post stands for." });
const commentsOpen = z.boolean().meta({ description: "Whether it takes comments. By default true." });
const orNull = (shape: z.ZodType<string>) => shape.nullish().transform((value) => value || null);

const optional = {
  url: orNull(url),
  category: orNull(category),
  commentsOpen: commentsOpen.default(true),
};

/** A new post. */
export const newPost = z.strictObject({
  title,
  content,
  author,
  slug: slug.optional().meta({ description: "By default made from the title." }),
  ...optional,
});

export type NewPostInput = z.output<typeof newPost>;

const ignored = {
  id: readOnly,
  html: readOnly,
  user: readOnly,
  comments: readOnly,
  createdAt: readOnly,
  updatedAt: readOnly,
};
const kept = {
  title: title.optional(),
  // A post that stands for a page elsewhere has no text and no byline, and is sent back as it came.
  content: content.nullable().optional(),
  author: author.nullable().optional(),
  slug: slug.optional(),
};

/** A post in place of another: what may be absent goes back to its default, what may not stays. */
export const postReplacement = z.strictObject({ ...kept, ...optional, ...ignored });

/** A change of a post; what is absent stays. */
export const postChange = z.strictObject({
  ...kept,
  url: url.nullable().optional(),
  category: category.nullable().optional(),
  commentsOpen: commentsOpen.optional(),
  ...ignored,
});

export type PostChangeInput = z.output<typeof postChange>;

const page = text(2000).min(1).meta({ description: "The address of a page." });

export const newAlias = z.strictObject({ url: page });
export const aliasQuery = z.strictObject({ url: page });
export const merging = z.strictObject({
  into: z.union([id, text(2000).min(1)]).meta({ description: "The post that stays: its id or slug." }),
});
export const remapping = z.strictObject({
  from: page.meta({ description: "The beginning of the addresses as they are." }),
  to: page.meta({ description: "What they shall begin with." }),
  dryRun: z.boolean().default(false).meta({ description: "true: says what would happen, and does nothing." }),
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

export type PublicPost = z.output<typeof postAnswer>;

export const deletedPostAnswer = z.strictObject({ message: z.string(), deleted: postAnswer });
export const aliasAnswer = z.strictObject({ url: z.string(), createdAt: z.iso.datetime() });
export const aliasRemovedAnswer = z.strictObject({ message: z.string() });

const move = z.strictObject({
  post: id,
  from: z.string(),
  to: z.string(),
  alias: z.boolean().meta({ description: "Not the post's own page, but one that leads to it." }),
});
export const remapAnswer = z.strictObject({
  dryRun: z.boolean(),
  moved: z.array(move),
  collisions: z.array(
    move.extend({ takenBy: id.meta({ description: "The post that has this page already." }) }),
  ),
});
