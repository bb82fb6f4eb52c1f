import type { Event } from "@/db/port/outbox";
import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { type Message, readTold, toldComment } from "@/lib/schemas/messages";
import { messageId } from "@/lib/webhooks/secrets";

/**
 * The event as it is told now; null where it is true no more, since the comment was taken away, decided on or erased
 * in the meantime. So nothing that somebody took back leaves later, with whatever try.
 */
export async function toMessage(store: Store, event: Event): Promise<Message | null> {
  const data = await readData(store, event);
  if (data === null) return null;
  const { type, at } = event;
  return { id: messageId(store.secret, event), type, timestamp: at, data: readTold(type, data) };
}

async function readData(store: Store, { type, post, comment, detail }: Event): Promise<object | null> {
  if (post === null) return {};
  const found = await store.posts.find({ id: post });
  if (type === "post.deleted") return { post: { id: post, slug: "", title: "", url: null, ...detail } };
  const told = found && { ...found, url: found.url ?? `${config().publicUrl ?? ""}/posts/${found.slug}` };
  if (type === "comment.deleted" && comment !== null)
    return { comment: { id: comment, post }, ...(told && { post: told }) };
  if (!told || (comment === null && !told.listed)) return null;
  if (comment === null) return { post: told };
  const seen = await readComment(store, type, comment);
  return seen && { comment: seen, post: told };
}

/** As readers see it; what is for moderators, with the reasons. */
async function readComment(store: Store, type: Event["type"], id: number): Promise<object | null> {
  const forModerators = type === "comment.held" || type === "comment.reported";
  const json = await store.comments.json(
    id,
    forModerators ? "moderator" : "public",
    config().publicUrl ?? "",
  );
  if (json === null) return null;
  const told = toldComment.parse(JSON.parse(json));
  const open = type === "comment.held" ? ["pending"] : forModerators ? ["pending", "approved"] : ["approved"];
  return open.includes(told.status) ? told : null;
}
