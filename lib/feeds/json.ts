import type { z } from "zod";
import type { Entry, Feed } from "@/lib/feeds/feed";
import type { jsonFeedAnswer } from "@/lib/schemas/feeds";

type JsonFeed = z.output<typeof jsonFeedAnswer>;

/** The feed as JSON Feed 1.1 (https://jsonfeed.org/version/1.1). */
export function toJsonFeed({ title, page, addresses, next, entries }: Feed): JsonFeed {
  return {
    version: "https://jsonfeed.org/version/1.1",
    title,
    home_page_url: page,
    feed_url: addresses.json,
    ...(next && { next_url: next.json }),
    items: entries.map(toItem),
  };
}

function toItem({ author, ...entry }: Entry): JsonFeed["items"][number] {
  const { name, website, avatar } = author;
  return {
    id: entry.id,
    url: entry.url,
    title: entry.title,
    content_html: entry.html,
    date_published: entry.published,
    date_modified: entry.updated,
    authors: [{ name, ...(website !== null && { url: website }), ...(avatar !== null && { avatar }) }],
    _antiphon: {
      comment: entry.comment,
      post: entry.post,
      parent: entry.parent,
      replies: entry.replies.count,
      in_reply_to: entry.inReplyTo.id,
    },
  };
}
