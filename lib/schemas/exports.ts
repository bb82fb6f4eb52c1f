import { z } from "zod";
import { toPath } from "@/lib/files/names";
import { FILE_TYPES } from "@/lib/files/types";
import { toPageUrl } from "@/lib/pages";
import { count, id, role } from "@/lib/schemas/fields";
import { newRule } from "@/lib/schemas/moderation";
import { webhookAnswer } from "@/lib/schemas/webhooks";

/** Which shape an export has; a number that rises where a reader of the former shape could not read it. */
export const EXPORT_FORMAT = 1;

export const exportQuery = z.strictObject({
  format: z
    .enum(["ndjson"])
    .default("ndjson")
    .meta({ description: "ndjson: one JSON object on each line; there is no other yet." }),
});

const instant = z.iso.datetime();
const text = z.string();
const orNull = text.nullable();
const sha256 = text.regex(/^[0-9a-f]{64}$/);
const importKey = orNull.meta({ description: "What an import knows it by." });
/** What would be a link must be one that browsers may follow. */
const link = orNull.refine(
  (value) => value === null || toPageUrl(value) !== null,
  "Must be http:// or https://",
);
const reasons = z.array(z.strictObject({ rule: text, reason: text }));
const who = text
  .regex(/^(user:\d+|role:\w+)$/)
  .nullable()
  .meta({ description: "user: and an id, role: of a token that is nobody's, or null: a guest." });
const members = z.record(text, z.unknown()).nullable();
const { kind: ruleKind, action } = newRule.shape;
const { format, events, disabled } = webhookAnswer.shape;

/** The first line. */
const siteLine = z.strictObject({
  type: z.literal("site"),
  format: z.literal(EXPORT_FORMAT, {
    error: "Comes from another version of Antiphon, which has to restore it",
  }),
  version: text.meta({ description: "Of Antiphon." }),
  exportedAt: instant,
  url: orNull.meta({ description: "PUBLIC_URL." }),
});

const written = {
  author: text,
  website: link,
  email: orNull,
  user: id.nullable(),
  role: role.nullable(),
  comment: text,
  editedAt: instant.nullable(),
  pinned: z.boolean(),
  vetted: z.boolean().meta({ description: "A moderator approved it as it is." }),
  reasons: reasons.meta({ description: "Why it waits, or counts as spam." }),
};

/** Beyond, two comments could have one place in the database. */
const LAST_COMMENT = 2 ** 32 - 1;

const commentLine = z.strictObject({
  type: z.literal("comment"),
  id: id.max(LAST_COMMENT),
  post: id,
  parent: id.nullable(),
  ...written,
  status: z.enum(["approved", "pending", "spam", "deleted"]),
  createdAt: instant,
  deletedBy: z.enum(["author", "moderator"]).nullable(),
  importKey,
  trash: z
    .strictObject({ ...written, status: z.enum(["approved", "pending", "spam"]), deletedAt: instant })
    .nullable()
    .meta({ description: "What a moderator deleted, while that can be undone." }),
});

const editLine = z.strictObject({
  type: z.literal("edit"),
  id,
  commentId: id,
  comment: text,
  author: text,
  website: link,
  by: text,
  editedAt: instant,
});

const voteLine = z.strictObject({
  type: z.literal("vote"),
  comment: id,
  by: who,
  value: z.literal([1, -1]),
  votedAt: instant,
});

const reportLine = z.strictObject({
  type: z.literal("report"),
  comment: id,
  by: who,
  reason: text,
  note: orNull,
  settled: id.nullable().meta({ description: "The entry of the audit log that did." }),
  reportedAt: instant,
});

const postLine = z.strictObject({
  type: z.literal("post"),
  id,
  slug: text.regex(/^(?!\d+$)[a-z0-9-]+$/),
  url: link,
  title: text,
  content: orNull,
  author: orNull,
  user: id.nullable(),
  category: orNull,
  commentsOpen: z.boolean(),
  own: z.boolean().meta({ description: "false: made on the way by a comment on its page." }),
  closing: z.enum(["open", "closed", "never"]).meta({ description: "Whether age closed it." }),
  createdAt: instant,
  updatedAt: instant,
  importKey,
});

const aliasLine = z.strictObject({
  type: z.literal("alias"),
  post: id,
  url: text.refine((value) => toPageUrl(value) !== null, "Must be http:// or https://"),
  createdAt: instant,
});

const formerSlugLine = z.strictObject({ type: z.literal("formerSlug"), slug: text, post: id });
const formerIdLine = z.strictObject({ type: z.literal("formerId"), id, post: id });

const userLine = z.strictObject({
  type: z.literal("user"),
  id,
  name: text,
  email: orNull,
  profession: orNull,
  website: link,
  role,
  notify: z.enum(["each", "digest", "off"]).meta({ description: "What moderators hear of by mail." }),
  createdAt: instant,
  importKey,
});

const fileLine = z.strictObject({
  type: z.literal("file"),
  id,
  path: text.refine((value) => toPath(value.split("/")) === value, "Is no path of a file"),
  filename: text,
  sha256,
  user: id.nullable(),
  createdAt: instant,
});

/** The bytes of files; `bytes` lines follow it. */
const blobLine = z.strictObject({
  type: z.literal("blob"),
  sha256,
  mediaType: z.enum(FILE_TYPES),
  size: count,
});

const bytesLine = z.strictObject({ type: z.literal("bytes"), data: z.base64() });

const ruleLine = z.strictObject({
  type: z.literal("rule"),
  id,
  rule: ruleKind,
  action,
  max: count.nullable(),
  words: z.array(text).nullable(),
  pattern: orNull,
  note: orNull,
  createdAt: instant,
  expiresAt: instant.nullable(),
  deletedAt: instant.nullable(),
});

const webhookLine = z.strictObject({
  type: z.literal("webhook"),
  id,
  url: text.refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)),
  format,
  events,
  active: z.boolean(),
  disabled,
  failingSince: instant.nullable(),
  createdAt: instant,
});

const auditLine = z.strictObject({
  type: z.literal("audit"),
  id,
  at: instant,
  user: id.nullable(),
  name: text,
  role,
  action: text,
  subjectType: text,
  subject: id,
  before: members,
  after: members,
  note: orNull,
  undoes: id.nullable(),
});

/** The last line: an export without it is not whole. */
const endLine = z.strictObject({
  type: z.literal("end"),
  counts: z.record(text, count).meta({ description: "How many lines of each type there are." }),
  lastIds: z
    .record(text, count)
    .refine(({ comments = 0 }) => comments <= LAST_COMMENT, "There are no ids left for comments")
    .meta({ description: "The last id that was given of each kind." }),
  sha256: sha256.meta({
    description: "Of all lines between the first and this one, each with its line feed.",
  }),
});

/** A line of an export. */
export const exportLine = z.discriminatedUnion("type", [
  siteLine,
  commentLine,
  editLine,
  voteLine,
  reportLine,
  postLine,
  aliasLine,
  formerSlugLine,
  formerIdLine,
  userLine,
  fileLine,
  blobLine,
  bytesLine,
  ruleLine,
  webhookLine,
  auditLine,
  endLine,
]);

export type ExportLine = z.output<typeof exportLine>;
