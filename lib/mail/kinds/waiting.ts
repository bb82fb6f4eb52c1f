import { z } from "zod";
import type { Store } from "@/db/store";
import { toInstant } from "@/db/time";
import english from "@/lib/languages/en.json";
import { kind, type Mailing } from "@/lib/mail/kind";
import type { Block } from "@/lib/mail/letter";
import { confirmPath } from "@/lib/mail/links";
import { DECISIONS } from "@/lib/mail/offers/decisions";
import { silence } from "@/lib/mail/offers/silence";
import { describe, excerpt, findWaiting, type Waiting, waits } from "@/lib/mail/waiting";
import { createTranslator } from "@/lib/translator";

/** Messages are in English. */
const t = createTranslator("en", english);

/** How many comments one message shows. */
const MOST = 10;

/** Tells a moderator of the comments that began to wait since the message before. */
export const waiting = kind(z.strictObject({}), async ({ id, store, user, now }) => {
  const alarms = user === null ? null : await store.mails.alarms(user, id, toInstant(now), MOST);
  if (user === null || alarms === null) return null;
  const shown: { comment: number; waiting: Waiting }[] = [];
  for (const comment of alarms.comments) {
    const waiting = await findWaiting(store, comment);
    if (waiting && waits(waiting)) shown.push({ comment, waiting });
  }
  const [first] = shown;
  if (first === undefined) return null;
  const blocks: Block[] = [];
  for (const { comment, waiting } of shown)
    blocks.push(...(await toBlocks({ store, user, now }, comment, waiting)));
  const { pending, reported } = await store.site();
  const rest = { text: `That is not all: ${pending + reported} comments wait.` };
  const token = await silence.token(store, { user }, now);
  return {
    subject:
      shown.length === 1
        ? `A comment waits for a moderator: ${first.waiting.author} on ${first.waiting.title}`
        : `${alarms.more ? "Many" : shown.length} comments wait for a moderator`,
    blocks: [...blocks, ...(pending + reported > shown.length ? [rest] : [])],
    ...(token !== null && { unsubscribe: token }),
    onSent: () => store.mails.told(user, alarms.last),
  };
});

async function toBlocks(
  { store, user, now }: Pick<Mailing, "store" | "now"> & { user: number },
  comment: number,
  waiting: Waiting,
): Promise<Block[]> {
  const links: { label: string; path: string }[] = [];
  for (const { label, offer } of DECISIONS) {
    const token = await offer.token(store, { comment, user, editedAt: waiting.editedAt }, now);
    if (token !== null) links.push({ label, path: confirmPath(token) });
  }
  return [
    // Mail programs show no marks of direction; each line is of its own.
    {
      text: describe(waiting, t)
        .join("\n")
        .replace(/[\u2068\u2069]/g, ""),
    },
    { quote: excerpt(waiting.comment, 1000, 15) },
    { links: [...links, ...(await linkToPost(store, waiting))] },
  ];
}

/** Nothing where nobody sees its page yet. */
async function linkToPost(store: Store, { post }: Waiting): Promise<{ label: string; path: string }[]> {
  const head = await store.posts.head({ id: post });
  return head?.listed ? [{ label: "To the post", path: `/posts/${post}` }] : [];
}
