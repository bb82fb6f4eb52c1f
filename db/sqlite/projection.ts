import type { View } from "@/db/store";

/** SQL that makes the text of the template, with the SQL in its gaps. Half the cost of json_object. */
function text(literals: TemplateStringsArray, ...gaps: string[]): string {
  const parts = literals.flatMap((literal, index) => [`'${literal}'`, ...gaps.slice(index, index + 1)]);
  return `concat(${parts.filter((part) => part !== "''").join(", ")})`;
}

/**
 * The members that change only when the comment is edited: made when it is written, not when it is read. None is NULL,
 * and not by concat: the column that holds this is read by each SQLite that checks or copies the file, and those of
 * before 3.44 don't know it.
 */
export const CARD = [
  `'"author":' || json_quote(author)`,
  `',"website":' || json_quote(website)`,
  `',"avatar":"/api/avatars/' || avatar || '.svg"'`,
  `',"user":' || coalesce(user_id, 'null')`,
  `',"role":' || json_quote(role)`,
  `',"comment":' || json_quote(comment)`,
  `',"html":' || json_quote(html)`,
].join(" || ");

/** SQL of the place of a comment's card, from a row of `comments`: the cards of a thread stand beside each other. */
export const cardKey = (row: string) => `(${row}.post << 32 | ${row}.id)`;

const tombstone = `'"author":"","website":null,"avatar":null,"user":null,"role":null,"comment":"","html":""'`;
/** Also to moderators: what is deleted has no picture to link to. */
const WHOLE = `iif(c.status = 'deleted', ${tombstone}, c.card)`;
/** Reports that no moderator has settled. Most comments have none, and cost no look at them. */
const OPEN = "FROM reports r WHERE r.comment_id = c.id AND r.settled IS NULL";
const REPORTS = `iif(c.reports = 0, '{"count":0,"reasons":{"spam":0,"abuse":0,"other":0},"notes":[]}',
  json_object('count', c.reports,
    'reasons', (SELECT json_object('spam', sum(reason = 'spam'), 'abuse', sum(reason = 'abuse'), 'other', sum(reason = 'other')) ${OPEN}),
    'notes', (SELECT json_group_array(note) FROM (SELECT note ${OPEN} AND note IS NOT NULL LIMIT 20))))`;
const object = (link: string, card: string, status: string, more = "''", edited = "c.edited_at") =>
  text`{"id":${"c.id"},"post":${"c.post"},"parent":${"coalesce(c.parent, 'null')"},"depth":${"c.depth"},${card},"status":"${status}","pinned":${"iif(c.pinned, 'true', 'false')"},"votes":{"up":${"c.up"},"down":${"c.down"}},"replies":${"c.replies"},"createdAt":"${"c.created_at"}","editedAt":${`json_quote(${edited})`},"url":${`json_quote(concat(${link}, '#comment-', c.id))`}${more}}`;

const forAll = (link: string, card: string) =>
  object(
    link,
    `iif(c.status = 'approved', ${card}, ${tombstone})`,
    "iif(c.status = 'approved', 'approved', 'deleted')",
    "''",
    // When a held comment was edited is nobody's business either.
    "iif(c.status = 'approved', c.edited_at, NULL)",
  );

/** `link`: SQL of the address of the comment's post. */
const views = (link: string): Record<View, string> => ({
  public: forAll(link, "c.card"),
  // What counts as spam is told nobody outside, or they would try until it does not.
  own: object(link, WHOLE, "iif(c.status = 'spam', 'pending', c.status)"),
  moderator: object(
    link,
    WHOLE,
    "c.status",
    text`,"email":${"json_quote(c.email)"},"address":${"json_quote(c.address)"},"reasons":${"coalesce(c.held, '[]')"},"reports":${REPORTS}`,
  ),
});

/**
 * The JSON of a comment for each view, built by SQLite from `comments c` and `posts p`; binds `:base`.
 * An allow-list: what is not named here never leaves.
 */
export const JSON_OF = views("coalesce(p.url, concat(:base, '/posts/', p.slug))");

const { own, moderator } = views(":link");

/**
 * The same where all are of one post, whose address is bound as `:link`, and what to read them from. Everybody's view
 * comes off an index and the cards: a thread is a few pages of the file there, and its rows are a page each.
 */
export const IN_THREAD: Record<View, { from: string; json: string }> = {
  public: {
    from: `comments c INDEXED BY comments_thread CROSS JOIN cards ON cards.key = ${cardKey("c")}`,
    json: forAll(":link", "cards.card"),
  },
  own: { from: "comments c", json: own },
  moderator: { from: "comments c", json: moderator },
};
