import type { Store } from "@/db/store";
import { type Family, one } from "@/lib/metrics/family";

/** What this process has asked of the store so far. */
export function storeFamilies({ load }: Pick<Store, "load">): Family[] {
  const { waiting, writes, commits, seconds } = load();
  return [
    one("gauge", "antiphon_store_writes_waiting", "Writes that wait for a commit, or for the disk.", waiting),
    one("counter", "antiphon_store_writes_total", "Writes committed.", writes),
    one("counter", "antiphon_store_commits_total", "Commits; each has one write or more.", commits),
    one(
      "counter",
      "antiphon_store_commit_seconds_total",
      "How long commits took, from their writes until the disk had them, in seconds.",
      seconds,
    ),
  ];
}

/** What is kept, whichever process is asked. */
export async function siteFamilies(kept: Store): Promise<Family[]> {
  const { posts, comments, pending, reported, mails } = await kept.site();
  return [
    one("gauge", "antiphon_posts", "Posts that anybody can see.", posts),
    one("gauge", "antiphon_comments", "Approved comments.", comments),
    one("gauge", "antiphon_queue_pending", "Comments that wait for a moderator.", pending),
    one(
      "gauge",
      "antiphon_queue_reported",
      "Approved comments with reports that nobody has settled.",
      reported,
    ),
    one(
      "gauge",
      "antiphon_mails_waiting",
      "Messages that wait to be sent, those to be tried again among them.",
      mails,
    ),
  ];
}
