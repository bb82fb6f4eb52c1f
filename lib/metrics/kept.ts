import type { Size } from "@/db/port/base";
import type { OutboxState } from "@/db/port/outbox";
import type { Site, Store } from "@/db/store";
import { toInstant } from "@/db/time";
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

/** What is kept, and what waits to go out, whichever process is asked. All of it is known without counting. */
export async function siteFamilies(kept: Store): Promise<Family[]> {
  const now = Date.now();
  const [site, size, files, outbox] = await Promise.all([
    kept.site(),
    kept.size(),
    kept.files.size(),
    kept.outbox.state(toInstant(now)),
  ]);
  return [...ofSite(site), ...ofSize(size, files), ...ofOutbox(outbox, now)];
}

function ofSize({ database, free, log }: Size, files: number): Family[] {
  return [
    one("gauge", "antiphon_database_bytes", "The size of the database, in bytes.", database),
    one("gauge", "antiphon_database_free_bytes", "As much of it holds nothing, in bytes.", free),
    one("gauge", "antiphon_database_wal_bytes", "The size of the write-ahead log, in bytes.", log),
    one("gauge", "antiphon_files_bytes", "What uploaded files take, in bytes.", files),
  ];
}

function ofOutbox({ deliveries, webhooks, overdueSince }: OutboxState, now: number): Family[] {
  const byState = (counts: Record<string, number>) =>
    Object.entries(counts).map(([state, value]) => ({ labels: { state }, value }));
  return [
    {
      name: "antiphon_outbox_deliveries",
      help: "Events on their way to webhooks, and those of the last thirty days that arrived (delivered), were given up (failed), or had nothing to tell any more (dropped).",
      type: "gauge",
      samples: byState(deliveries),
    },
    one(
      "gauge",
      "antiphon_outbox_overdue_seconds",
      "How long the oldest delivery that could be tried now has been waiting for it, in seconds; 0 where none could.",
      overdueSince === null ? 0 : Math.max(0, now - Date.parse(overdueSince)) / 1000,
    ),
    {
      name: "antiphon_webhooks",
      help: "Webhooks that are told of events (active), whose last call failed (failing), and that are told of nothing (off).",
      type: "gauge",
      samples: byState(webhooks),
    },
  ];
}

function ofSite({ posts, comments, pending, reported, mails }: Site): Family[] {
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
