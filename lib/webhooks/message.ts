import type { Event } from "@/db/port/outbox";
import type { Post } from "@/db/port/posts";
import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { messageId } from "@/lib/webhooks/secrets";

/** A comment as receivers hear of it; of one that is gone the ids alone. */
interface ToldComment {
  id: number;
  post: number;
  author?: string;
  html?: string;
  status?: string;
  url?: string;
  [member: string]: unknown;
}

interface ToldPost {
  id: number;
  slug: string;
  title: string;
  url: string | null;
  [member: string]: unknown;
}

/** What goes out: the event, and what it is about as that stands now. */
export interface Message {
  id: string;
  type: Event["type"];
  timestamp: string;
  data: { comment?: ToldComment; post?: ToldPost };
}

/**
 * The event as it is told now; null where it is true no more, since the comment was taken away, decided on or erased
 * in the meantime. So nothing that somebody took back leaves later, with whatever try.
 */
export async function toMessage(store: Store, event: Event): Promise<Message | null> {
  const data = await readData(store, event);
  return data && { id: messageId(store.secret, event), type: event.type, timestamp: event.at, data };
}

async function readData(
  store: Store,
  { type, post, comment, detail }: Event,
): Promise<Message["data"] | null> {
  if (post === null) return {};
  const found = await store.posts.find({ id: post });
  if (type === "post.deleted") return { post: toGone(post, detail) };
  if (type === "comment.deleted" && comment !== null)
    return { comment: { id: comment, post }, ...(found && { post: toTold(found) }) };
  if (!found || (comment === null && !found.listed)) return null;
  if (comment === null) return { post: toTold(found) };
  const told = await readComment(store, type, comment);
  return told && { comment: told, post: toTold(found) };
}

/** As readers see it; what is for moderators, with the reasons, but never an e-mail or network address. */
async function readComment(store: Store, type: Event["type"], id: number): Promise<ToldComment | null> {
  const forModerators = type === "comment.held" || type === "comment.reported";
  const json = await store.comments.json(
    id,
    forModerators ? "moderator" : "public",
    config().publicUrl ?? "",
  );
  if (json === null) return null;
  const { email: _email, address: _address, ...told } = JSON.parse(json);
  const open = type === "comment.held" ? ["pending"] : forModerators ? ["pending", "approved"] : ["approved"];
  return open.includes(told.status) ? told : null;
}

/** Without the text, which can be long: whoever wants it asks for the post. */
function toTold({
  content: _content,
  html: _html,
  listed: _listed,
  version: _version,
  ...post
}: Post): ToldPost {
  return { ...post, url: post.url ?? `${config().publicUrl ?? ""}/posts/${post.slug}` };
}

function toGone(id: number, detail: Record<string, unknown> | null): ToldPost {
  return { id, slug: "", title: "", url: null, ...detail };
}
