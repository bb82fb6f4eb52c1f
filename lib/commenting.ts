import type { IdempotencyKey } from "@/db/port/base";
import type { NewPage, PostRef } from "@/db/port/posts";
import type { NewComment, Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { ANONYMOUS, toAuthor } from "@/lib/authors";
import { endOfEditing } from "@/lib/comments";
import { toText } from "@/lib/commentText";
import { unWish } from "@/lib/mail/asking";
import { moderate } from "@/lib/moderation/moderate";
import { ageOf } from "@/lib/moderation/stamp";
import { isOwnSite, toNewPage, toPageUrl } from "@/lib/pages";
import { closedUntil, toPostRef } from "@/lib/posts";
import { Problem } from "@/lib/problems";
import type { NewCommentInput } from "@/lib/schemas/comments";
import { editToken, hash, keyed } from "@/lib/secrets";
import { type Notified, notifiedOf, toWish } from "@/lib/subscriptions";
import { refuseReserved } from "@/lib/users";
import { isModerator, type Who } from "@/lib/who";

export interface Created {
  id: number;
  post: number;
  held: boolean;
  replayed: boolean;
  /** What came of the wish to hear of replies; null where there was none. */
  notify: Notified | null;
  /** What opens it to the guest who wrote it; null for anybody else. */
  token: string | null;
  json: string;
}

/** A browser's form has no Idempotency-Key: the same words from the same author within a minute are a double click. */
const TWICE = 60_000;

/**
 * Adds a comment. Throws `Problem`: unknown or closed post, a parent that can't be answered, a page of a foreign site,
 * what a rule blocks.
 */
export async function createComment(
  store: Store,
  who: Who,
  post: string | number,
  input: NewCommentInput,
  idempotencyKey: string | null,
  isForm: boolean,
): Promise<Created> {
  const { homepage, stamp, from, ...said } = input;
  const person = who.user && (await store.users.find(who.user.id));
  if (who.user && !person) throw new Problem("unauthorized");
  if (who.role === null) await refuseReserved(store, said.author, said.email);
  const text = toText(said.comment, who.secret);
  const author = person
    ? toAuthor(person.name, person.website)
    : toAuthor(said.author ?? (isModerator(who) ? "Admin" : ANONYMOUS), said.website);
  const email = person ? null : said.email;
  const network = isModerator(who) ? null : who.network;
  const user = who.user?.id ?? null;
  const now = Date.now();
  const verdict = await moderate(
    store,
    who,
    { user, network },
    {
      ...{ text, author: author.author, website: author.website, email, remote: who.remote, trap: homepage },
      age: stamp ? ageOf(stamp, who.secret, now) : null,
    },
  );
  const place = await toPlace(store, post);
  const wish = toWish(said.notify ?? null, person, email);
  const notify = wish ? await notifiedOf(store, person, network, now) : null;
  const draft: NewComment = {
    ...text,
    ...author,
    ...verdict,
    post: place,
    parent: said.parent ?? null,
    email,
    user,
    role: who.role,
    network,
    address: network && who.address,
    createdAt: toInstant(now),
    onceSince: isForm ? toInstant(now - TWICE) : null,
    closedUntil: closedUntil(),
    notify: notify === "off" ? null : wish,
  };
  const created = await store.comments.create(draft, toKey(who, idempotencyKey, post, said), who.base);
  if (notify === "asked" && (created.refused !== null || created.replayed)) await unWish(store, network, now);
  if (created.refused !== null) throw new Problem(created.refused);
  const { id, replayed, twin, status } = created;
  // Somebody else on the same network may say the same, and must not get the key to the first one's comment.
  const isTheirs = status !== "deleted" && (who.role !== null || !twin);
  const token = isTheirs && who.role === null ? editToken(who.secret, created) : null;
  const held = status === "pending" || status === "spam";
  const json = extend(created.json, {
    // Moderators edit when they like.
    ...(!isModerator(who) && { editableUntil: isTheirs ? endOfEditing(created.createdAt) : null }),
    ...(token !== null && { editToken: token }),
    ...(notify && { notify }),
  });
  return { id, post: created.post, replayed, held, notify, token, json };
}

/** The members of `more` at the end of a JSON object's text. */
function extend(json: string, more: object): string {
  const members = JSON.stringify(more).slice(1, -1);
  return members === "" ? json : `${json.slice(0, -1)},${members}}`;
}

async function toPlace(store: Store, post: string | number): Promise<PostRef | NewPage> {
  const ref = toPostRef(post);
  const url = "page" in ref && typeof post === "string" ? toPageUrl(post) : null;
  if (!url || (await store.posts.head(ref))) return ref;
  if (!isOwnSite(url)) throw new Problem("origin_not_allowed");
  return toNewPage(url);
}

/** A guest's key is its own scope, so that a retry from another network meets the first try. */
function toKey(
  who: Who,
  key: string | null,
  post: string | number,
  input: Omit<NewCommentInput, "homepage" | "stamp" | "from">,
): IdempotencyKey | null {
  if (key === null) return null;
  const scope = who.user ? `user ${who.user.id}` : (who.role ?? "guest");
  if (scope === "guest" && key.length < 16) throw new Problem("invalid_idempotency_key");
  return {
    key: keyed(who.secret, "idempotency", `${scope}\0${key}`),
    request: hash(JSON.stringify([String(post), input])),
  };
}
