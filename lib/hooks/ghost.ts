import { z } from "zod";
import { toInstant } from "@/db/time";
import { isHexSignature } from "@/lib/hooks/hex";
import type { Sender } from "@/lib/hooks/sender";
import { Problem } from "@/lib/problems";

const named = z.object({ name: z.string() }).nullish();
const text = z.string().nullish();

/** What matters here of a post of Ghost's. */
const ghostPost = z.object({
  id: text,
  title: text,
  slug: text,
  url: text,
  status: text,
  visibility: text,
  excerpt: text,
  published_at: text,
  primary_author: named,
  primary_tag: named,
});
const payload = z.object({ post: z.object({ current: ghostPost, previous: ghostPost }) });

/** Ghost 5.87.1 and later, which signs the body with the time behind it. https://github.com/TryGhost/Ghost/pull/20500 */
export const ghost: Sender = {
  header: "x-ghost-signature",
  oldest: null,
  prove({ headers, body }, secrets) {
    const [, signature, at] =
      /^sha256=([\da-f]{64}), ?t=(\d{1,15})$/.exec(String(headers["x-ghost-signature"])) ?? [];
    if (signature === undefined || !isHexSignature(signature, secrets, body, at))
      throw new Problem("bad_signature");
    return { id: `ghost ${signature}`, at: Number(at) };
  },
  toMessage(body, _arrived, { at }) {
    const { data } = payload.safeParse(body);
    if (!data) return { ignored: "There is no post in it" };
    const { current, previous } = data.post;
    const timestamp = toInstant(at ?? 0);
    if (current.status === "published")
      return { message: { type: "post.published", timestamp, data: toData(current) } };
    // Of what was deleted nothing is left but what it was.
    if (!current.id && previous.id)
      return { message: { type: "post.deleted", timestamp, data: { key: toKey(previous.id) } } };
    return { ignored: "It is not about a published post" };
  },
};

function toKey(id: string | null | undefined): string | undefined {
  return id ? `ghost:${id}` : undefined;
}

function toData(post: z.output<typeof ghostPost>) {
  const { id, url, slug, title, visibility, excerpt, published_at, primary_author, primary_tag } = post;
  return {
    key: toKey(id),
    url,
    slug: slug && /^(?!\d+$)[a-z0-9]+(-[a-z0-9]+)*$/.test(slug) && slug.length <= 80 ? slug : undefined,
    title: toLine(title, 300),
    // What only members may read there must not be read here, nor what everybody could read before.
    content: visibility === "public" ? excerpt || undefined : "",
    author: toLine(primary_author?.name, 80),
    category: toLine(primary_tag?.name, 80),
    publishedAt: published_at,
  };
}

/** What Ghost takes and this server does not, cut off or left out. */
function toLine(value: string | null | undefined, most: number): string | undefined {
  const line = value?.replace(/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]+/gu, " ").trim();
  return line ? [...line].slice(0, most).join("") : undefined;
}
