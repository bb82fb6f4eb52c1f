import { z } from "zod";
import {
  email,
  id,
  name,
  newPassword,
  nullIfBlank,
  readOnly,
  role,
  text,
  typedPassword,
  website,
} from "@/lib/schemas/fields";
import { linkQuery } from "@/lib/schemas/links";
import { paging } from "@/lib/schemas/queries";
import { firstAdmin } from "@/lib/schemas/sessions";

const personName = name
  .pipe(z.string().min(1))
  .meta({ minLength: 1, maxLength: 80, description: "Their name; comments show it." });
const address = email
  .pipe(z.string().min(1, "Must be an e-mail address"))
  .meta({ maxLength: 254, description: "Shown to themselves and to admins only." });
const profession = text(200);

const notify = z.enum(["each", "digest", "off"]).meta({
  description:
    "What moderators hear of by mail: of each comment that waits, of all once a day, or of none. Shown to themselves and to admins only.",
});

const rights = {
  role: role.optional().meta({ description: "Admins only. By default member." }),
  password: newPassword.optional(),
};

/** A new account. */
export const newUser = z.strictObject({
  name: personName,
  email: address,
  profession: nullIfBlank(profession),
  website: nullIfBlank(website),
  ...rights,
  setup: firstAdmin.shape.setup.optional(),
  next: firstAdmin.shape.next,
});

export type NewUserInput = z.output<typeof newUser>;

const ofChange = {
  name: personName.optional(),
  // Whoever has none gets it back as null.
  email: address.nullish(),
  notify: notify.optional(),
  ...rights,
  currentPassword: typedPassword.optional().meta({
    description: "Needed to change one's own password or e-mail address, where one has a password.",
  }),
  id: readOnly,
  avatar: readOnly,
  createdAt: readOnly,
};

/** A change of a person; what is absent stays. */
export const userChange = z.strictObject({
  ...ofChange,
  profession: profession.nullish(),
  website: website.nullish(),
});

/** The whole of a person: what is absent and may be is gone. */
export const userReplacement = z.strictObject({
  ...ofChange,
  profession: nullIfBlank(profession),
  website: nullIfBlank(website),
});

export type UserChangeInput = z.output<typeof userChange>;

/** A farewell. */
export const leaving = z.strictObject({
  currentPassword: typedPassword
    .optional()
    .meta({ description: "Needed from who is signed in by a cookie, and has a password." }),
});

/** The same of somebody without an account, who proves their address. */
export const farewell = leaving.extend({
  token: linkQuery.shape.token.meta({
    description: "Of the mailed link, from somebody without an account.",
  }),
});

export const usersQuery = z.strictObject(paging);

const publicUser = z.strictObject({
  id,
  name: z.string(),
  profession: z.string().nullable(),
  website: z.string().nullable(),
  avatar: z.string(),
  role,
  createdAt: z.iso.datetime(),
});

/** A person, as far as the caller may see. */
export const userAnswer = publicUser.extend({
  email: z.string().nullable().optional().meta({ description: "To oneself and to admins only." }),
  notify: notify.optional(),
});

export type UserAnswer = z.output<typeof userAnswer>;

export const ownAnswer = publicUser.extend({ email: z.string().nullable(), notify });
/** Who asks: oneself, or a token that belongs to nobody. */
export const myselfAnswer = ownAnswer.extend({
  id: id.nullable().meta({ description: "null: a token that belongs to nobody, such as ADMIN_TOKEN." }),
  createdAt: z.iso.datetime().nullable(),
});

export const sessionAnswer = z.strictObject({
  authorized: z.literal(true),
  user: myselfAnswer,
});

export const userCreatedAnswer = ownAnswer.extend({ message: z.literal("User created") });
export const userDeletedAnswer = z.strictObject({ message: z.literal("User deleted"), deleted: ownAnswer });
export const erasedAnswer = z.strictObject({
  message: z.enum(["Everything about you is erased", "Everything under this address is erased"]),
});

const mails = z.array(
  z.strictObject({ id, kind: z.string(), state: z.string(), queuedAt: z.iso.datetime() }),
);

const subscriptions = z.array(
  z.looseObject({ id, post: id, comment: id, notify: z.string(), pace: z.string() }),
);

const written = {
  comments: z.array(
    z.looseObject({ id, comment: z.string(), status: z.string(), edits: z.array(z.looseObject({})) }),
  ),
  deletedComments: z.array(z.looseObject({ id, comment: z.string(), deletedAt: z.iso.datetime() })),
};

/** All that is held about somebody. */
export const personalAnswer = z.strictObject({
  profile: ownAnswer,
  ...written,
  votes: z.array(z.strictObject({ comment: id, value: z.int(), votedAt: z.iso.datetime() })),
  reports: z.array(
    z.strictObject({
      comment: id,
      reason: z.string(),
      note: z.string().nullable(),
      reportedAt: z.iso.datetime(),
    }),
  ),
  posts: z.array(z.looseObject({ id, title: z.string(), content: z.string().nullable() })),
  files: z.array(z.looseObject({ id, path: z.string(), type: z.string() })),
  sessions: z.array(z.looseObject({ id, userAgent: z.string(), createdAt: z.iso.datetime() })),
  tokens: z.array(z.looseObject({ id, name: z.string(), createdAt: z.iso.datetime() })),
  subscriptions,
  mails,
  audit: z.array(z.looseObject({ id, at: z.iso.datetime(), action: z.string() })),
});

/** All that is held under the e-mail address of somebody without an account. */
export const guestDataAnswer = z.strictObject({
  email: z.string(),
  ...written,
  subscriptions,
  mails,
});
