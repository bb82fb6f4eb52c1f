import type { Discussion } from "@/embed/Discussion";
import { say } from "@/embed/news";
import { openForm } from "@/embed/opening";
import { previewIn } from "@/embed/previewing";

/** Opens the form in which an author changes a comment, or takes it out. */
export async function edit(discussion: Discussion, id: number): Promise<void> {
  const { api, post, memory, section, t, signal } = discussion;
  if (post === null) return;
  const right = () => ({
    signal,
    ...(memory.rightTo(id)?.token && { token: memory.rightTo(id)?.token ?? "" }),
  });
  const form = await openForm(discussion, id, "edit", {
    save: async (fields) => {
      const changed = await api.change(post, id, { comment: String(fields.get("comment")) }, right());
      discussion.tell("edit", changed);
      if (changed.status === "approved") await discussion.update(id);
      else discussion.drop(id);
      say(section, t(changed.status === "approved" ? "thanksEdit" : "thanksHeld"));
    },
    delete: async () => {
      const { deleted } = await api.delete(post, id, right());
      discussion.tell("delete", deleted);
      discussion.drop(id);
      say(section, t("thanksDelete"));
    },
  });
  if (form) previewIn(form, discussion);
}
