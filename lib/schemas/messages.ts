import { z } from "zod";
import type { EventType } from "@/db/port/outbox";
import { commentAnswer, commentShape } from "@/lib/schemas/comments";
import { id } from "@/lib/schemas/fields";
import { postAnswer } from "@/lib/schemas/posts";

const { reasons, reports } = commentAnswer.shape;
const { content: _content, html: _html, ...brief } = postAnswer.shape;

// Not strict: what is not named here is left out of what is sent.

/** A comment as moderators are told of it: never with an e-mail or network address. */
export const toldComment = z.object({ ...commentShape.shape, reasons, reports });
const publicComment = z.object(commentShape.shape);
const goneComment = z.object({ id, post: id });

/** A post without its text, which can be long: whoever wants it asks for the post. */
const toldPost = z.object({ ...brief, url: z.string() });
const gonePost = z.object({
  id,
  slug: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  into: id.optional().meta({ description: "The post that it was merged into." }),
});

const ofComment = z.object({ comment: publicComment, post: toldPost });
const forModerators = z.object({ comment: toldComment, post: toldPost });
const ofPost = z.object({ post: toldPost });

/** What each kind of message tells of. */
const DATA = {
  "comment.created": ["A new comment appears.", ofComment],
  "comment.approved": ["A comment that waited, was spam or was deleted appears.", ofComment],
  "comment.updated": ["Text, name, website or pin of a comment that is to be seen changed.", ofComment],
  "comment.deleted": [
    "A comment is not to be seen any more.",
    z.object({ comment: goneComment, post: toldPost.optional() }),
  ],
  "comment.held": ["A comment waits for a moderator.", forModerators],
  "comment.reported": ["Somebody reported a comment.", forModerators],
  "post.created": ["Somebody made a post.", ofPost],
  "post.updated": ["A post changed.", ofPost],
  "post.deleted": ["A post went with all its comments.", z.object({ post: gonePost })],
  "post.restored": ["The deletion of a post was undone.", ofPost],
  "webhook.test": ["An admin tries the webhook out.", z.object({})],
} as const satisfies Record<EventType, readonly [meaning: string, data: z.ZodObject]>;

/** Whatever a message tells. */
interface Told {
  comment?: { id: number; post: number } & Partial<z.output<typeof toldComment>>;
  post?: z.output<typeof gonePost>;
}

export type Message = { id: string; type: EventType; timestamp: string; data: Told };

/** What a message of this kind tells, with no more than that. Throws where something of it is missing. */
export function readTold(type: EventType, data: unknown): Told {
  return DATA[type][1].parse(data);
}

/** Every kind of message as it is sent in the format `standard`: what happened, and the shape of the body. */
export const messages = Object.entries(DATA).map(([type, [meaning, data]]) => ({
  type,
  meaning,
  shape: z.object({
    type: z.literal(type),
    timestamp: z.iso.datetime().meta({ description: "When it happened." }),
    data,
  }),
}));
