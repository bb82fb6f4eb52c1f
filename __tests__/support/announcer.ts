import { createInterface } from "node:readline/promises";
import { BASE, draft } from "@/__tests__/db/contract/drafts";
import { openStore } from "@/db/open";
import type { NewPage } from "@/db/port/posts";

/*
 * A process of its own on the database DATABASE_URL. For each line on its standard input it makes a comment on the
 * same page and, once that is acknowledged, prints the versions of the site and the thread that it finds.
 */
const { DATABASE_URL = "" } = process.env;

async function announce(): Promise<void> {
  const store = openStore(DATABASE_URL);
  const page: NewPage = {
    page: "blog.example/announced",
    url: "https://blog.example/announced",
    slug: "announced",
    title: "Announced",
  };
  for await (const _ of createInterface(process.stdin)) {
    const created = await store.comments.create(draft(page), null, BASE);
    if (created.refused !== null) throw new Error(created.refused);
    const { version } = await store.site();
    process.stdout.write(`${JSON.stringify({ site: version, post: await store.posts.head(page) })}\n`);
  }
  await store.close();
}

announce().catch((error: unknown) => {
  console.error(error);
  // The open store would keep the process alive, and the test waiting.
  process.exit(1);
});
