import { z } from "zod";
import type { AuditEntry } from "@/db/port/audit";
import type { Store } from "@/db/store";
import { DAY } from "@/db/time";
import { type Offer, offer, type Question } from "@/lib/mail/offer";
import { describe, excerpt, findWaiting, type Waiting, waits } from "@/lib/mail/waiting";
import type { Translator } from "@/lib/translator";

/** The comment, the moderator in whose name it is decided, and when the text that they were shown was edited last. */
const subject = z.strictObject({ comment: z.int(), user: z.int(), editedAt: z.string().nullable() });
type Subject = z.output<typeof subject>;

type Decision = "approve" | "spam" | "delete";

const NOTE = "by a link in a message";

/** What a moderator can do by a link about a comment that waits. `label`: as messages say it. */
export const DECISIONS: { label: string; offer: Offer<Subject> }[] = [
  { label: "Approve", offer: toOffer("approve") },
  { label: "Spam", offer: toOffer("spam") },
  { label: "Delete", offer: toOffer("delete") },
];

function toOffer(decision: Decision): Offer<Subject> {
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
    ask: async (store, { comment, user, editedAt }, t): Promise<Question<Subject>> => {
      const waiting = await findWaiting(store, comment);
      if (!waiting || !waits(waiting))
        return { ...(await toDecided(store, comment, waiting, t)), button: null };
      const edited = waiting.editedAt === editedAt ? [] : [t("waiting.edited")];
      return {
        title: t(`${decision}.title`),
        text: [...edited, ...describe(waiting, t)],
        quote: excerpt(waiting.comment, 10_000, 500),
        effect: t(`${decision}.effect`),
        button: t(`${decision}.button`),
        // Whoever presses the button decides on what they see here.
        subject: { comment, user, editedAt: waiting.editedAt },
      };
    },
    accept: (store, { comment, user, editedAt }) =>
      store.moderation.decideWaiting({ comment, user, editedAt, decision }, new Date().toISOString(), NOTE),
  });
}

/** What became of a comment that waits no more, and who decided. */
async function toDecided(
  store: Store,
  comment: number,
  waiting: Waiting | null,
  t: Translator,
): Promise<{ title: string; text: string[] }> {
  const { rows } = await store.audit.list({ type: "comment", subject: comment, limit: 1 });
  const status = waiting?.status ?? "deleted";
  const byWhom = ({ by, at }: AuditEntry) =>
    t("decided.by", { date: t.date(at), name: by.name || t("decided.somebody") });
  return {
    title: t("decided.title"),
    text: [t(`decided.${status}`), ...rows.filter((entry) => entry.after?.status === status).map(byWhom)],
  };
}
