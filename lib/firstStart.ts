import comments from "@/db/seed/comments.json";
import posts from "@/db/seed/posts.json";
import users from "@/db/seed/users.json";
import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { importRows } from "@/lib/import";
import { hash, makeToken } from "@/lib/secrets";

/** The source under which the demo is imported, and under which `npm run seed -- --remove` finds it. */
export const DEMO = "demo";

/** Fills an empty database with the demo, and makes and prints the admin's token where none was ever made. */
export async function firstStart(store: Store): Promise<void> {
  const site = await store.site();
  if (config().seed && site.posts === 0 && site.version === 0) {
    const rows = [...users, ...posts, ...comments].map((value, index) => ({ line: index + 1, value }));
    await store.imports.run(importRows(rows, store.secret), { keepGoing: false, source: DEMO });
  }
  if (config().adminToken !== null) return;
  const token = makeToken();
  if (await store.tokens.createFirst(hash(token), "admin", new Date().toISOString())) {
    console.log(`\nThe admin's API token, shown only this once:\n\n  ${token}\n`);
  }
}
