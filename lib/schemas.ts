import { z } from "zod";
import { MAX_LENGTH } from "@/lib/markdown";
import { toPageUrl } from "@/lib/pages";

/** NUL and half surrogate pairs: no engine keeps them, so nobody may send them. */
const STORABLE = /^(?:[^\0\p{Cs}])*$/u;

const text = (max: number) =>
  z
    .string()
    .refine((value) => STORABLE.test(value), "Contains a NUL or half a surrogate pair")
    .refine((value) => value.length <= max || [...value].length <= max, {
      error: `Must have at most ${max.toLocaleString("en")} characters`,
      params: { max },
    })
    .meta({ maxLength: max });

const nullIfBlank = <T extends z.ZodType<string>>(shape: T) =>
  shape.nullish().transform((value) => value || null);

/** A positive integer that JSON numbers carry exactly. */
const id = z.int().positive().meta({ description: "An id: a positive integer." });

const instant = z.iso.datetime({ offset: true }).meta({ description: "An instant, ISO 8601." });

const comment = text(MAX_LENGTH)
  .refine((value) => value.trim() !== "", "Must not be blank")
  .meta({ minLength: 1, maxLength: MAX_LENGTH, description: "Markdown, as written. Kept unchanged." });

/** One line, without what could turn the direction of the text around it or hide in it. */
const name = text(80)
  .transform((value) => value.normalize("NFC").replace(/\s+/gu, " ").trim())
  .refine((value) => !/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(value), "Contains control characters")
  .meta({ description: "The author's name; blank or absent: Anonymous." });

const website = text(500)
  .refine(
    (value) => value === "" || toPageUrl(value) !== null,
    "Must be an address that begins with http:// or https://",
  )
  .transform((value) => (value === "" ? value : new URL(value).href))
  .meta({ description: "The author's web page." });

const email = text(254)
  .refine((value) => value === "" || z.email().safeParse(value).success, "Must be an e-mail address")
  .meta({ description: "Never shown to anybody but moderators." });

const post = z
  .union([id, text(2000).min(1)])
  .meta({ description: "The post: its id, its slug, or the URL of the page that it stands for." });

/** A new comment, with the post in the path. */
export const newCommentOnPost = z.strictObject({
  comment,
  parent: id.nullish().meta({ description: "The comment that this answers." }),
  author: nullIfBlank(name),
  email: nullIfBlank(email),
  website: nullIfBlank(website),
});

/** A new comment. */
export const newComment = newCommentOnPost.extend({ post });

export type NewCommentInput = z.output<typeof newCommentOnPost>;

/** Members that come back with a resource and can't be set: taken and ignored. */
const readOnly = z.unknown().optional().meta({ description: "Ignored." });

/** A change of a comment; what is absent stays. */
export const commentChange = z.strictObject({
  comment: comment.optional(),
  author: name.optional(),
  website: website.nullable().optional(),
  status: z
    .enum(["approved", "pending", "spam", "deleted"])
    .optional()
    .meta({ description: "Moderators only." }),
  pinned: z.boolean().optional().meta({ description: "Moderators only." }),
  id: readOnly,
  post: readOnly,
  parent: readOnly,
  depth: readOnly,
  avatar: readOnly,
  user: readOnly,
  role: readOnly,
  html: readOnly,
  votes: readOnly,
  replies: readOnly,
  createdAt: readOnly,
  editedAt: readOnly,
  url: readOnly,
  email: readOnly,
  address: readOnly,
  held: readOnly,
});

export type CommentChangeInput = z.output<typeof commentChange>;

export const vote = z.strictObject({
  value: z.union([z.literal(1), z.literal(0), z.literal(-1)]).meta({ description: "0 takes the vote back." }),
});

export const report = z.strictObject({
  reason: z.enum(["spam", "abuse", "other"]),
  note: nullIfBlank(text(1000)),
});

export const preview = z.strictObject({ comment });

// Queries: every value is text, and one that may come once only is an array when it comes twice.

const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, "Must be a whole number")
  .transform(Number);

const paging = {
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

const sort = z.enum(["newest", "oldest", "top"]);
const words = text(200).min(1).meta({ description: "Words that must occur; the last may be a beginning." });
const several = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .pipe(z.array(text(2000).min(1)).max(100))
  .meta({ description: "An id, a slug or a page's URL; repeatable, up to 100." });

export const noQuery = z.strictObject({});

export const commentsQuery = z
  .strictObject({
    ...paging,
    post: several.optional(),
    author: name.optional().meta({ description: "The author's name, in any case." }),
    q: words.optional(),
    since: instant.optional().meta({ description: "Not before this instant." }),
    until: instant.optional().meta({ description: "Before this instant." }),
    status: z
      .enum(["approved", "pending", "spam", "deleted"])
      .optional()
      .meta({ description: "Moderators only." }),
    sort: sort
      .default("oldest")
      .meta({ description: "By default oldest. What q finds comes in the order of ids." }),
  })
  .refine((query) => query.q === undefined || query.sort !== "top", {
    path: ["sort"],
    error: "top does not go with q",
  });

export type CommentsQuery = z.output<typeof commentsQuery>;

export const threadQuery = z
  .strictObject({
    ...paging,
    view: z
      .enum(["flat", "tree"])
      .default("flat")
      .meta({ description: "By default flat: chronological. tree: with nested children." }),
    sort: sort
      .optional()
      .meta({ description: "The order of the top-level comments of a tree, by default oldest." }),
    parent: wholeNumber
      .pipe(id)
      .optional()
      .meta({ description: "With view=tree: page over the replies to this comment." }),
  })
  .refine((query) => query.view === "tree" || (query.sort ?? "oldest") === "oldest", {
    path: ["sort"],
    error: "Goes with view=tree only",
  })
  .refine((query) => query.view === "tree" || query.parent === undefined, {
    path: ["parent"],
    error: "Goes with view=tree only",
  });

export type ThreadQuery = z.output<typeof threadQuery>;

/** A thread by its page's URL. */
export const byUrlQuery = threadQuery.safeExtend({
  url: text(2000).min(1).meta({ description: "The page's URL." }),
});

export const countsQuery = z.strictObject({ post: several });

export const postsQuery = z.strictObject({
  ...paging,
  author: name.optional().meta({ description: "The byline, in any case." }),
  category: text(80).optional(),
  q: words.optional(),
});

export const healthQuery = z.strictObject({
  ready: z.literal(["", "1", "true"]).optional().meta({ description: "Ask the database, too." }),
});

// Answers. What the server sends is built from allow-lists in db/; these say its shape, for the OpenAPI document and for pages.

const nullable = <T extends z.ZodType>(shape: T) => shape.nullable();
const count = z.int().min(0);

export const commentShape = z.strictObject({
  id,
  post: id,
  parent: nullable(id),
  depth: count,
  author: z.string(),
  website: nullable(z.string()),
  avatar: nullable(z.string()),
  user: nullable(id),
  role: nullable(z.enum(["admin", "moderator", "author", "member"])),
  comment: z.string(),
  html: z.string(),
  status: z.enum(["approved", "pending", "spam", "deleted"]),
  pinned: z.boolean(),
  votes: z.strictObject({ up: count, down: count }),
  replies: count,
  createdAt: z.iso.datetime(),
  editedAt: nullable(z.iso.datetime()),
  url: z.string(),
});

export type PublicComment = z.output<typeof commentShape>;

const moderatorsOnly = {
  email: nullable(z.string()).optional().meta({ description: "To moderators only." }),
  address: nullable(z.string()).optional().meta({ description: "To moderators only; cut short." }),
  held: nullable(z.string()).optional().meta({ description: "To moderators only: why it waits." }),
};

export const commentAnswer = commentShape.extend(moderatorsOnly);
export const createdAnswer = commentAnswer.extend({
  editToken: z
    .string()
    .optional()
    .meta({ description: "To guests, here only: opens this comment to its author." }),
});

const flatThread = z.strictObject({ post: nullable(id), total: count, comments: z.array(commentAnswer) });

/** A comment of a tree, with its replies. */
export const commentNode = commentAnswer.extend({
  more: z.string().optional().meta({ description: "Where the rest of the replies is." }),
  get children() {
    return z.array(commentNode);
  },
});

/** Either view of a thread. */
export const threadAnswer = z.union([flatThread, flatThread.extend({ comments: z.array(commentNode) })]);

export const deletedAnswer = z.strictObject({ message: z.string(), deleted: commentAnswer });
export const votesAnswer = z.strictObject({ up: count, down: count, mine: z.int().min(-1).max(1) });
export const reportedAnswer = z.strictObject({ message: z.string() });
export const countsAnswer = z.record(z.string(), count);
export const previewAnswer = z.strictObject({ html: z.string() });
export const helloAnswer = z.strictObject({ message: z.literal("Hello World") });
export const healthAnswer = z.strictObject({ status: z.literal("ok") });

export const openApiAnswer = z.looseObject({ openapi: z.literal("3.1.1") });

export const edit = z.strictObject({
  comment: z.string(),
  author: z.string(),
  website: nullable(z.string()),
  by: z.string(),
  editedAt: z.iso.datetime(),
});

export const postAnswer = z.strictObject({
  id,
  slug: z.string(),
  url: nullable(z.string()),
  title: z.string(),
  content: nullable(z.string()),
  html: nullable(z.string()),
  author: nullable(z.string()),
  user: nullable(id),
  category: nullable(z.string()),
  commentsOpen: z.boolean(),
  comments: count,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

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

// Rows of an import.

const localId = z.union([z.int(), text(200).min(1)]).transform(String);
const importedAt = instant.transform((value) => new Date(value).toISOString());

export const importedUser = z.strictObject({
  id: localId.optional(),
  name: name.pipe(z.string().min(1)),
  email: nullIfBlank(email),
  profession: nullIfBlank(text(200)),
  website: nullIfBlank(website),
  role: z.enum(["admin", "moderator", "author", "member"]).default("member"),
  createdAt: importedAt.optional(),
});

export const importedPost = z.strictObject({
  id: localId.optional(),
  title: text(300).min(1),
  slug: z
    .string()
    .regex(/^(?!\d+$)[a-z0-9-]{1,80}$/, "Must be words of a-z, 0-9 and -, not all digits")
    .optional(),
  url: nullIfBlank(website),
  content: nullIfBlank(text(100_000)),
  author: nullIfBlank(name),
  category: nullIfBlank(text(80)),
  createdAt: importedAt.optional(),
});

export const importedComment = z.strictObject({
  id: localId.optional(),
  comment,
  post: z
    .union([z.int(), text(2000).min(1)])
    .transform(String)
    .nullish(),
  parent: localId.nullish(),
  author: nullIfBlank(name),
  email: nullIfBlank(email),
  website: nullIfBlank(website),
  createdAt: importedAt.optional(),
});
