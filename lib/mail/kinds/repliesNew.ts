import { z } from "zod";
import type { News } from "@/db/port/subscriptions";
import { toInstant } from "@/db/time";
import { kind, type Mailing } from "@/lib/mail/kind";
import type { Block, Letter } from "@/lib/mail/letter";
import { repliesEnd } from "@/lib/mail/offers/repliesEnd";
import { repliesManage } from "@/lib/mail/proofs/repliesManage";
import { toPlainText } from "@/lib/plainText";

/** How many comments a message quotes, and how much of each. */
const QUOTED = 20;
const QUOTE = 1500;

/** Tells of comments on one post. */
export const repliesNew = kind(
  z.strictObject({ reader: z.int(), post: z.int() }),
  (mailing, { reader, post }) => write(mailing, reader, post),
);

/** Tells of all that is told once a day. */
export const repliesDigest = kind(z.strictObject({ reader: z.int() }), (mailing, { reader }) =>
  write(mailing, reader, null),
);

async function write(
  { id, store, address, now }: Mailing,
  reader: number,
  post: number | null,
): Promise<Letter | null> {
  const found = await store.subscriptions.reader(reader);
  // An account's address may have changed since it was confirmed.
  if (found?.address !== address || (found.user !== null && !found.proven)) return null;
  const news = await store.subscriptions.take(reader, post, id, toInstant(now));
  const [first] = news;
  if (first === undefined) return null;
  const end = await repliesEnd.token(store, { reader, post }, now);
  const manage = await repliesManage.token(store, { reader }, now);
  return {
    subject: toSubject(first, news),
    blocks: [
      ...news.slice(0, QUOTED).flatMap((one, n) => toBlocks(one, news[n - 1])),
      ...(news.length > QUOTED ? [{ text: `And ${news.length - QUOTED} more.` }] : []),
      { text: "You get this because you commented there and asked to hear of others." },
      ...(manage === null
        ? []
        : [{ links: [{ label: "All that you hear of", path: `/subscriptions?token=${manage}` }] }]),
    ],
    ...(end !== null && { unsubscribe: end }),
  };
}

function toSubject({ author, title }: News, news: News[]): string {
  if (news.length === 1) return `${author} on “${title}”`;
  const posts = new Set(news.map((one) => one.post)).size;
  return posts === 1
    ? `${news.length} new comments on “${title}”`
    : `${news.length} new comments on ${posts} posts`;
}

function toBlocks({ comment, post, title, author, html }: News, before: News | undefined): Block[] {
  const head = before?.post === post ? [] : [{ text: `On “${title}”:` }];
  const path = `/api/comments/${post}/${comment}/permalink`;
  return [
    ...head,
    { text: `${author} wrote:` },
    { quote: toQuote(html) },
    { links: [{ label: "Read it there", path }] },
  ];
}

function toQuote(html: string): string {
  const characters = [...toPlainText(html)];
  return characters.length <= QUOTE ? characters.join("") : `${characters.slice(0, QUOTE - 1).join("")}…`;
}
