import { z } from "zod";
import type { AuditEntry } from "@/db/port/audit";
import type { Store } from "@/db/store";
import { DAY } from "@/db/time";
import { type Done, type Offer, offer, type Question } from "@/lib/mail/offer";
import { describe, excerpt, findWaiting, type Waiting, waits } from "@/lib/mail/waiting";

/** The comment, the moderator in whose name it is decided, and when the text that they were shown was edited last. */
const subject = z.strictObject({ comment: z.int(), user: z.int(), editedAt: z.string().nullable() });
type Subject = z.output<typeof subject>;

interface Terms {
  decision: "approve" | "spam" | "delete";
  label: string;
  title: string;
  does: string;
  done: Done;
}

const TERMS: Terms[] = [
  {
    decision: "approve",
    label: "Approve",
    title: "Approve this comment?",
    does: "Readers will see it, and reports of it count no more.",
    done: { title: "The comment is approved", text: "Readers see it now." },
  },
  {
    decision: "spam",
    label: "Spam",
    title: "Does this comment count as spam?",
    does: "Nobody but moderators will see it, and its author is not told.",
    done: { title: "The comment counts as spam", text: "Moderators can bring it back." },
  },
  {
    decision: "delete",
    label: "Delete",
    title: "Delete this comment?",
    does: "Nobody will see it any more.",
    done: { title: "The comment is deleted", text: "Moderators can bring it back for 30 days." },
  },
];

const NOTE = "by a link in a message";

/** What a moderator can do by a link about a comment that waits. */
export const DECISIONS: { label: string; offer: Offer<Subject> }[] = TERMS.map((terms) => ({
  label: terms.label,
  offer: toOffer(terms),
}));

function toOffer({ decision, label, title, does, done }: Terms): Offer<Subject> {
  return offer({
    purpose: decision,
    lifetime: 7 * DAY,
    subject,
    // A link dies with the right to it, and with the mailbox that it was sent to.
    state: async (store, { comment, user }) => {
      const person = await store.users.find(user);
      if (person?.role !== "admin" && person?.role !== "moderator") return null;
      return (await findWaiting(store, comment)) && person.email;
    },
    ask: async (store, { comment, user, editedAt }): Promise<Question<Subject>> => {
      const waiting = await findWaiting(store, comment);
      if (!waiting || !waits(waiting)) return { ...(await toDecided(store, comment, waiting)), button: null };
      const edited = waiting.editedAt === editedAt ? [] : ["It was edited since the message was written."];
      return {
        title,
        text: [...edited, ...describe(waiting)],
        quote: excerpt(waiting.comment, 10_000, 500),
        effect: does,
        button: label,
        // Whoever presses the button decides on what they see here.
        subject: { comment, user, editedAt: waiting.editedAt },
      };
    },
    accept: (store, { comment, user, editedAt }) =>
      store.moderation.decideWaiting({ comment, user, editedAt, decision }, new Date().toISOString(), NOTE),
    done,
  });
}

const STATES: Record<Waiting["status"], string> = {
  approved: "It is approved, and readers see it.",
  pending: "It waits no more.",
  spam: "It counts as spam.",
  deleted: "It is deleted.",
};

/** What became of a comment that waits no more, and who decided. */
async function toDecided(
  store: Store,
  comment: number,
  waiting: Waiting | null,
): Promise<{ title: string; text: string[] }> {
  const { rows } = await store.audit.list({ type: "comment", subject: comment, limit: 1 });
  const status = waiting?.status ?? "deleted";
  return {
    title: "This comment is decided already",
    text: [STATES[status], ...rows.filter((entry) => entry.after?.status === status).map(byWhom)],
  };
}

function byWhom({ by, at }: AuditEntry): string {
  return `Decided on ${at.slice(0, 10)} at ${at.slice(11, 16)} UTC by ${by.name || "a moderator"}.`;
}
