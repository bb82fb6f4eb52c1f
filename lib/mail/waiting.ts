import { z } from "zod";
import type { Store } from "@/db/store";
import { commentAnswer } from "@/lib/schemas/comments";
import type { Translator } from "@/lib/translator";

const { author, website, comment, post, status, editedAt, reasons, reports } = commentAnswer.shape;
const shape = z.object({
  ...{ author, website, comment, post, status, editedAt },
  reasons: reasons.unwrap(),
  reports: reports.unwrap(),
});

/** A comment as a moderator is told of it by mail, and on the page behind the links there. */
export type Waiting = z.output<typeof shape> & { title: string };

/** The comment whether or not it still waits; null where it is gone with its post. */
export async function findWaiting(store: Store, id: number): Promise<Waiting | null> {
  const json = await store.comments.json(id, "moderator", "");
  if (json === null) return null;
  const found = shape.parse(JSON.parse(json));
  const title = (await store.posts.titles([found.post])).get(found.post);
  return title === undefined ? null : { ...found, title };
}

/** Whether it is for a moderator to decide. */
export function waits({ status, reports }: Waiting): boolean {
  return status === "pending" || (status === "approved" && reports.count > 0);
}

/** Who wrote it, where, and why it waits, as `t` says it: each on one line of its own, whatever a name has in it. */
export function describe(
  { author, website, title, status, reasons, reports }: Waiting,
  t: Translator,
): string[] {
  const { count } = reports;
  const said = Object.entries(reports.reasons).filter(([, count]) => count > 0);
  const why = reasons.map(({ reason }) => reason).join("; ") || t("waiting.look");
  return [
    t("waiting.author", { author: toLine(author) }),
    ...(website === null ? [] : [t("waiting.website", { website: toLine(website) })]),
    t("waiting.post", { title: toLine(title) }),
    ...(status === "pending" ? [t("waiting.why", { reasons: why })] : []),
    ...(count > 0
      ? [
          t("waiting.reports", {
            count,
            reasons: said.map(([reason, count]) => t(`waiting.${reason}`, { count })).join(", "),
          }),
        ]
      : []),
    ...(status === "approved" ? [t("waiting.seen")] : []),
  ];
}

function toLine(text: string): string {
  return excerpt(text.replace(/\s+/gu, " "), 200, 1);
}

/** The beginning of a text: `most` characters and `lines` lines of it at most. */
export function excerpt(text: string, most: number, lines: number): string {
  const start = text.split("\n", lines).join("\n").slice(0, most);
  return start.length === text.length ? text : `${start.replace(/\p{Cs}$/u, "").trimEnd()} …`;
}
