import comments from "@/db/seed/comments.json";
import posts from "@/db/seed/posts.json";
import users from "@/db/seed/users.json";
import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { localAddress } from "@/lib/localAddress";
import { hash, makeToken } from "@/lib/secrets";
import { makeFirstSetup } from "@/lib/setup";

/** The source under which the demo is imported, and under which `npm run seed -- --remove` finds it. */
export const DEMO = "demo";

/**
 * Fills an empty database with the demo, makes and prints the admin's token where none was ever made, and the link
 * that makes the first account.
 */
export async function firstStart(store: Store): Promise<void> {
  const site = await store.site();
  if (config().seed && site.posts === 0 && site.version === 0) {
    // It needs the Markdown renderer and the sanitiser, which would cost every other start a tenth of a second.
    const { importRows } = await import("@/lib/import");
    const rows = [...users, ...posts, ...comments].map((value, index) => ({ line: index + 1, value }));
    await store.imports.run(importRows(rows, store.secret), { keepGoing: false, source: DEMO });
  }
  await printToken(store);
  const setup = await makeFirstSetup(store);
  if (setup !== null)
    console.log(`\nMake your account here; the link works once, within a week:\n\n  ${setupLink(setup)}\n`);
}

/** The link with a setup's token. */
export function setupLink(token: string): string {
  const { publicUrl, host, port } = config();
  return `${publicUrl ?? localAddress(host, port)}/login?setup=${token}`;
}

async function printToken(store: Store): Promise<void> {
  if (config().adminToken !== null) return;
  const token = makeToken();
  if (await store.tokens.createFirst(hash(token), "admin", new Date().toISOString())) {
    console.log(`\nThe admin's API token, shown only this once:\n\n  ${token}\n`);
  }
}
