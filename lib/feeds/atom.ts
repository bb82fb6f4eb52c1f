import type { Entry, Feed } from "@/lib/feeds/feed";
import { type Markup, xml } from "@/lib/xml";

/** The feed as Atom (RFC 4287), with threads (RFC 4685) and paging (RFC 5005). */
export function toAtom({ id, title, updated, page, addresses, first, next, entries }: Feed): string {
  return xml`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
<id>${id}</id>
<title>${title}</title>
<updated>${updated}</updated>
<generator>Antiphon</generator>
<link rel="self" type="application/atom+xml" href="${addresses.atom}"/>
<link rel="alternate" type="text/html" href="${page}"/>
<link rel="alternate" type="application/feed+json" href="${addresses.json}"/>
<link rel="first" type="application/atom+xml" href="${first.atom}"/>
${next && xml`<link rel="next" type="application/atom+xml" href="${next.atom}"/>\n`}${entries.map(toEntry)}</feed>
`.text;
}

function toEntry({ id, title, author, published, updated, url, html, inReplyTo, replies }: Entry): Markup {
  const uri = author.website === null ? null : xml`<uri>${author.website}</uri>`;
  const answers =
    replies.count === 0
      ? null
      : xml`<link rel="replies" type="application/json" href="${replies.url}" thr:count="${replies.count}"/>\n`;
  return xml`<entry>
<id>${id}</id>
<title>${title}</title>
<author><name>${author.name}</name>${uri}</author>
<published>${published}</published>
<updated>${updated}</updated>
<link rel="alternate" type="text/html" href="${url}"/>
${answers}<thr:in-reply-to ref="${inReplyTo.id}" type="text/html" href="${inReplyTo.url}"/>
<content type="html">${html}</content>
</entry>
`;
}
