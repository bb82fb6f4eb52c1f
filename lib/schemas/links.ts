import { z } from "zod";
import { isAddress } from "@/lib/mail/server";
import { email, newPassword, text } from "@/lib/schemas/fields";

const token = text(2000).min(1).meta({ description: "The token of a link that came by mail." });

/** What a mailed link is for is to be done. */
export const linkUse = z.strictObject({ token });

/** A mail program's way to send the same (RFC 8058): the token in the address, and this in the body. */
export const linkQuery = z.strictObject({ token: token.optional() });

export const linkUsedAnswer = z.object({
  message: z.string().meta({ description: "What was done." }),
});

/** Somebody wants a link sent to an address. */
const asked = z.strictObject({
  email: email
    .pipe(z.string().min(1, "Must be an e-mail address"))
    .meta({ maxLength: 254, format: "email", description: "Where the link goes, if it goes anywhere." }),
});
export const resetAsked = asked;
/** One to which mail can go. */
export const dataAsked = asked.refine(({ email }) => isAddress(email), {
  path: ["email"],
  error: "Must be an e-mail address",
});
export const askedAnswer = z.strictObject({
  message: z.string().meta({ description: "The same whether or not a message is sent." }),
});

export const newPasswordByLink = z.strictObject({ token, password: newPassword });
export const passwordChangedAnswer = z.strictObject({ message: z.literal("Password changed") });
