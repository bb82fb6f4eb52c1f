import { z } from "zod";
import { comment } from "@/lib/schemas/comments";
import { email, instant, name, nullIfBlank, role, text, website } from "@/lib/schemas/fields";

const localId = z.union([z.int(), text(200).min(1)]).transform(String);
const importedAt = instant.transform((value) => new Date(value).toISOString());

export const importedUser = z.strictObject({
  id: localId.optional(),
  name: name.pipe(z.string().min(1)),
  email: nullIfBlank(email),
  profession: nullIfBlank(text(200)),
  website: nullIfBlank(website),
  role: role.default("member"),
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
