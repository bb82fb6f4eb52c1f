import { z } from "zod";
import { hasWord } from "@/lib/moderation/fold";
import { isNetwork } from "@/lib/moderation/networks";
import { commentAnswer } from "@/lib/schemas/comments";
import { count, id, instant, nullIfBlank, role, text } from "@/lib/schemas/fields";
import { paging, wholeNumber } from "@/lib/schemas/queries";

export const queueQuery = z.strictObject(paging);

const someIds = z.array(id).min(1).max(100);
const ids = z
  .union([
    someIds,
    z
      .string()
      .max(2000)
      .regex(/^\d+(?:[ ,]+\d+)*$/, "Must be ids with commas between")
      .transform((list) => list.split(/[ ,]+/).map(Number))
      .pipe(someIds),
  ])
  .meta({ description: "Up to 100 ids; in a form, with commas between." });

export const decision = z.strictObject({
  ids,
  action: z.enum(["approve", "spam", "delete", "restore"]),
  note: nullIfBlank(text(1000)).meta({ description: "Why, for the audit log." }),
});

export type DecisionInput = z.output<typeof decision>;

export const decidedAnswer = commentAnswer.array();

const kind = z.enum(["newcomer", "links", "images", "words", "email", "network"]);
const action = z.enum(["hold", "block"]);
const word = text(80).refine(hasWord, "Must have a letter or a digit");

/** What each kind of rule has to say beside its kind; everything else stays out. */
const NEEDS: Record<z.output<typeof kind>, "max" | "words" | "pattern" | null> = {
  newcomer: null,
  links: "max",
  images: "max",
  words: "words",
  email: "pattern",
  network: "pattern",
};

export const newRule = z
  .strictObject({
    kind,
    action,
    max: z
      .int()
      .min(0)
      .max(1000)
      .nullish()
      .transform((value) => value ?? null)
      .meta({ description: "With links and images: the most that a comment may have. By default 0." }),
    words: z
      .array(word)
      .min(1)
      .max(500)
      .nullish()
      .transform((value) => value ?? null)
      .meta({ description: "With words: words and phrases; case, diacritics and punctuation don't matter." }),
    pattern: nullIfBlank(text(254)).meta({
      description:
        "With email: a glob, such as *@spam.example. With network: an address, or a network such as 203.0.113.0/24.",
    }),
    note: nullIfBlank(text(1000)).meta({ description: "For moderators." }),
    expiresAt: instant.nullish().transform((value) => (value ? new Date(value).toISOString() : null)),
  })
  .superRefine((rule, context) => {
    const say = (path: "max" | "words" | "pattern", message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const need = NEEDS[rule.kind];
    for (const member of ["max", "words", "pattern"] as const) {
      if (rule[member] !== null && member !== need) say(member, `Does not go with ${rule.kind}`);
      if (rule[member] === null && member === need && member !== "max") say(member, `Goes with ${rule.kind}`);
    }
    if (rule.kind === "network" && rule.pattern !== null && !isNetwork(rule.pattern))
      say("pattern", "Must be an address or a network, of /8 at most (IPv6: /16)");
  });

export const ruleQuery = z.strictObject({
  id: wholeNumber.pipe(id).meta({ description: "The rule." }),
});

export const ruleAnswer = z.strictObject({
  id,
  kind,
  action,
  max: count.nullable(),
  words: z.array(z.string()).nullable(),
  pattern: z.string().nullable(),
  note: z.string().nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
});

export const rulesAnswer = ruleAnswer.array();
export const deletedRuleAnswer = z.strictObject({ message: z.string(), deleted: ruleAnswer });

const auditType = z.enum(["comment", "post", "user", "rule", "file", "webhook"]);

export const auditQuery = z
  .strictObject({
    ...paging,
    type: auditType.optional().meta({ description: "What it was done to." }),
    subject: wholeNumber
      .pipe(id)
      .optional()
      .meta({ description: "With type: the id of what it was done to." }),
  })
  .refine((query) => query.subject === undefined || query.type !== undefined, {
    path: ["subject"],
    error: "Goes with type only",
  });

const members = z.record(z.string(), z.unknown()).nullable();

export const auditEntry = z.strictObject({
  id,
  at: z.iso.datetime(),
  by: z.strictObject({ user: id.nullable(), name: z.string(), role }),
  action: z.string(),
  type: auditType,
  subject: id,
  before: members,
  after: members,
  note: z.string().nullable(),
  undoes: id.nullable(),
  undoneBy: id.nullable(),
});
