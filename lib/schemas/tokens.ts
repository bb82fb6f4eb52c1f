import { z } from "zod";
import { id, instant, role, text } from "@/lib/schemas/fields";
import { paging, wholeNumber } from "@/lib/schemas/queries";

const scope = z.enum(["read", "full"]);

export const tokensQuery = z.strictObject({
  ...paging,
  user: wholeNumber.pipe(id).optional().meta({ description: "Admins only: the tokens of this person." }),
});

export const newToken = z.strictObject({
  name: text(80)
    .transform((value) => value.trim())
    .pipe(z.string().min(1))
    .meta({ minLength: 1, maxLength: 80, description: "What it is for." }),
  scope: scope.default("full").meta({ description: "read: nothing may be changed with it." }),
  role: role.optional().meta({ description: "What it may do at most; by default what you may." }),
  expiresAt: instant
    .transform((value) => new Date(value).toISOString())
    .optional()
    .meta({ description: "When it is over; by default never." }),
  user: id.optional().meta({ description: "Admins only: for this person instead of yourself." }),
});

export type NewTokenInput = z.output<typeof newToken>;

export const tokenAnswer = z.strictObject({
  id,
  user: id,
  name: z.string(),
  scope,
  role,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
});

export const tokenCreatedAnswer = tokenAnswer.extend({
  token: z.string().meta({ description: "The secret, shown here only." }),
});
export const tokenDeletedAnswer = z.strictObject({
  message: z.literal("Token deleted"),
  deleted: tokenAnswer,
});
