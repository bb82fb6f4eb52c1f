import { z } from "zod";
import { text } from "@/lib/schemas/fields";

const token = text(2000).min(1).meta({ description: "The token of a link that came by mail." });

/** What a mailed link is for is to be done. */
export const linkUse = z.strictObject({ token });

/** A mail program's way to send the same (RFC 8058): the token in the address, and this in the body. */
export const linkQuery = z.strictObject({ token: token.optional() });

export const linkUsedAnswer = z.object({
  message: z.string().meta({ description: "What was done." }),
});
