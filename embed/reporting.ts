import type { Discussion } from "@/embed/Discussion";
import { say } from "@/embed/news";
import { openForm } from "@/embed/opening";

/** Opens the form in which a reader tells the moderators of a comment. */
export async function report(discussion: Discussion, id: number): Promise<void> {
  const { api, post, section, t, signal } = discussion;
  if (post === null) return;
  await openForm(discussion, id, "report", {
    "send-report": async (fields) => {
      const [reason, note] = [String(fields.get("reason")), String(fields.get("note"))];
      const known = reason === "spam" || reason === "abuse" ? reason : "other";
      await api.report(post, id, { reason: known, note }, { signal });
      say(section, t("thanksReport"));
    },
  });
}
