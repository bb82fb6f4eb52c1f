import { z } from "zod";
import { email, id, name, newPassword, text, typedPassword } from "@/lib/schemas/fields";
import { wholeNumber } from "@/lib/schemas/queries";

/** Where a browser's form leads once it is done. */
const next = text(2000).optional().meta({
  description: "Where a browser’s own form is led to then: a path on this server.",
});

export const credentials = z.strictObject({
  // Any text: who may sign in with what is for the check to say, and always in the same words.
  email: text(254).meta({ format: "email" }),
  password: typedPassword,
  next,
});

export const signOut = z.strictObject({ next });

/** What makes the first admin's account, by the one-time link. */
export const firstAdmin = z.strictObject({
  setup: text(200).min(1).meta({ description: "The token of the setup link." }),
  name: name.refine((value) => value !== "", "Must not be blank"),
  email: email.refine((value) => value !== "", "Must not be blank"),
  password: newPassword,
  next,
});

export const sessionEntry = z.strictObject({
  id,
  userAgent: z.string(),
  createdAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
  current: z.boolean(),
});

export const sessionsQuery = z.strictObject({
  id: wholeNumber.optional().meta({ description: "End this one alone." }),
});

export const sessionsEnded = z.strictObject({
  message: z.literal("Sessions ended"),
  deleted: sessionEntry.array(),
});
