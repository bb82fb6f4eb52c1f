import { z } from "zod";
import { isCommonPassword } from "@/lib/commonPasswords";
import { toPageUrl } from "@/lib/pages";

/** NUL and half surrogate pairs: no engine keeps them, so nobody may send them. */
const STORABLE = /^(?:[^\0\p{Cs}])*$/u;

/** Text of at most `max` characters that every engine can keep. */
export const text = (max: number) =>
  z
    .string()
    .refine((value) => STORABLE.test(value), "Contains a NUL or half a surrogate pair")
    .refine((value) => value.length <= max || [...value].length <= max, {
      error: `Must have at most ${max.toLocaleString("en")} characters`,
      params: { max },
    })
    .meta({ maxLength: max });

/** Absent, null and blank are all null. */
export const nullIfBlank = <T extends z.ZodType<string>>(shape: T) =>
  shape.nullish().transform((value) => value || null);

/** A positive integer that JSON numbers carry exactly. */
export const id = z.int().positive().meta({ description: "An id: a positive integer." });

/** ISO 8601, with any offset. */
export const instant = z.iso.datetime({ offset: true }).meta({ description: "An instant, ISO 8601." });

/** One line, without what could turn the direction of the text around it or hide in it. */
export const name = text(80)
  .transform((value) => value.normalize("NFC").replace(/\s+/gu, " ").trim())
  .refine((value) => !/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(value), "Contains control characters")
  .meta({ description: "The author's name; blank or absent: Anonymous." });

/** The address of a web page, as browsers spell it, or blank. */
export const website = text(500)
  .refine(
    (value) => value === "" || toPageUrl(value) !== null,
    "Must be an address that begins with http:// or https://",
  )
  .transform((value) => (value === "" ? value : new URL(value).href))
  .meta({ description: "The author's web page." });

/** An e-mail address, or blank. */
export const email = text(254)
  .refine((value) => value === "" || z.email().safeParse(value).success, "Must be an e-mail address")
  .meta({ description: "Never shown to anybody but moderators." });

const MOST_PASSWORD = 256;

/** A password as somebody types it to sign in: whatever it is, and no longer than any that can be right. */
export const typedPassword = text(MOST_PASSWORD).meta({ format: "password" });

/** A password that somebody chooses. What it is made of is theirs to say. */
export const newPassword = text(MOST_PASSWORD)
  .refine((value) => [...value].length >= 8, "Must have at least 8 characters")
  .refine((value) => !isCommonPassword(value), "This is among the passwords that are guessed first")
  .meta({ format: "password", minLength: 8, description: "8 to 256 characters, of any kind." });

/** Members that come back with a resource and can't be set: taken and ignored. */
export const readOnly = z.unknown().optional().meta({ description: "Ignored." });

/** What somebody may do, the most first. */
export const role = z.enum(["admin", "moderator", "author", "member"]);

/** How many. */
export const count = z.int().min(0);
