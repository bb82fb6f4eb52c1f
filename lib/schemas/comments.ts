import { z } from "zod";
import {
  count,
  email,
  id,
  instant,
  name,
  nullIfBlank,
  readOnly,
  role,
  text,
  website,
} from "@/lib/schemas/fields";
import { paging, several, sort, wholeNumber, words } from "@/lib/schemas/queries";
import { isVisible } from "@/lib/text";

/** The most that a comment may hold, in characters (code points). */
export const MAX_LENGTH = 10_000;

export const comment = text(MAX_LENGTH)
  .refine((value) => isVisible(value), "Must not be blank")
  .meta({ minLength: 1, maxLength: MAX_LENGTH, description: "Markdown, as written. Kept unchanged." });

const post = z
  .union([id, text(2000).min(1)])
  .meta({ description: "The post: its id, its slug, or the URL of the page that it stands for." });

/** The page of ours that a form stands on. */
const from = text(8000).optional().meta({
  description: "The page of this server that a browser’s own form stands on, which it is led back to then.",
});

/** A new comment, with the post in the path. */
export const newCommentOnPost = z.strictObject({
  comment,
  parent: id.nullish().meta({ description: "The comment that this answers." }),
  author: nullIfBlank(name),
  email: nullIfBlank(email),
  website: nullIfBlank(website),
  notify: z.enum(["replies", "thread"]).nullish().meta({
    description:
      "What to hear of by mail: replies: what is said below this comment; thread: all on its post. Needs an e-mail address.",
  }),
  homepage: nullIfBlank(text(500)).meta({
    description: "Leave it out: forms hide it from people, and what fills it in is taken for a program.",
  }),
  stamp: nullIfBlank(text(80)).meta({
    description: "From GET /api/stamp: says when somebody began to write.",
  }),
  from,
});

/** A new comment. */
export const newComment = newCommentOnPost.extend({ post });

export type NewCommentInput = z.output<typeof newCommentOnPost>;

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
  from,
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
  editableUntil: readOnly,
  url: readOnly,
  email: readOnly,
  address: readOnly,
  reasons: readOnly,
  reports: readOnly,
});

export type CommentChangeInput = z.output<typeof commentChange>;

export const vote = z.strictObject({
  value: z.union([z.literal(1), z.literal(0), z.literal(-1)]).meta({ description: "0 takes the vote back." }),
  from,
});

export const report = z.strictObject({
  reason: z.enum(["spam", "abuse", "other"]),
  note: nullIfBlank(text(1000)),
  from,
});

export const preview = z.strictObject({ comment });

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
    at: wholeNumber.pipe(id).optional().meta({
      description:
        "With view=tree: begin with the top-level comment above this one, and have this one in the answer, unless it stands too deep for that.",
    }),
  })
  .refine((query) => query.view === "tree" || (query.sort ?? "oldest") === "oldest", {
    path: ["sort"],
    error: "Goes with view=tree only",
  })
  .refine((query) => query.view === "tree" || query.parent === undefined, {
    path: ["parent"],
    error: "Goes with view=tree only",
  })
  .refine((query) => query.view === "tree" || query.at === undefined, {
    path: ["at"],
    error: "Goes with view=tree only",
  })
  .refine((query) => query.at === undefined || (query.cursor ?? query.parent) === undefined, {
    path: ["at"],
    error: "Goes without cursor and parent",
  });

export type ThreadQuery = z.output<typeof threadQuery>;

/** A thread by its page's URL. */
export const byUrlQuery = threadQuery.safeExtend({
  url: text(2000).min(1).meta({ description: "The page's URL." }),
});

export const countsQuery = z.strictObject({ post: several });

export const commentShape = z.strictObject({
  id,
  post: id,
  parent: id.nullable(),
  depth: count,
  author: z.string(),
  website: z.string().nullable(),
  avatar: z.string().nullable(),
  user: id.nullable(),
  role: role.nullable(),
  comment: z.string(),
  html: z.string(),
  status: z.enum(["approved", "pending", "spam", "deleted"]),
  pinned: z.boolean(),
  votes: z.strictObject({ up: count, down: count }),
  replies: count,
  createdAt: z.iso.datetime(),
  editedAt: z.iso.datetime().nullable(),
  url: z.string(),
});

export type PublicComment = z.output<typeof commentShape>;

const moderatorsOnly = {
  email: z.string().nullable().optional().meta({ description: "To moderators only." }),
  address: z.string().nullable().optional().meta({ description: "To moderators only; cut short." }),
  reasons: z
    .array(z.strictObject({ rule: z.string(), reason: z.string() }))
    .optional()
    .meta({ description: "To moderators only: why it waits, or counts as spam." }),
  reports: z
    .strictObject({
      count,
      reasons: z.strictObject({ spam: count, abuse: count, other: count }),
      notes: z.array(z.string()),
    })
    .optional()
    .meta({ description: "To moderators only: reports that none of them has settled." }),
};

export const commentAnswer = commentShape.extend(moderatorsOnly);
export const createdAnswer = commentAnswer.extend({
  editToken: z
    .string()
    .optional()
    .meta({ description: "To guests, here only: opens this comment to its author." }),
  editableUntil: z.iso.datetime().nullable().optional().meta({
    description:
      "Until when it can be edited and deleted by whoever sent it; null: it can't. Moderators, who always can, are told nothing.",
  }),
  notify: z.enum(["asked", "on", "off"]).optional().meta({
    description:
      "Where it was asked for. asked: a message asks to confirm, once the comment is shown; on: it was confirmed before; off: this server sends no mail, or this network named too many addresses.",
  }),
});

const flatThread = z.strictObject({
  post: id.nullable(),
  total: count,
  commentsOpen: z.boolean(),
  comments: z.array(commentAnswer),
});

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
export const stampAnswer = z.strictObject({ stamp: z.string() });
export const previewAnswer = z.strictObject({ html: z.string() });
export const edit = z.strictObject({
  id,
  comment: z.string(),
  author: z.string(),
  website: z.string().nullable(),
  by: z.string(),
  editedAt: z.iso.datetime(),
});
