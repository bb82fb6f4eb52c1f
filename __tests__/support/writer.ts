import { BASE, draft, written } from "@/__tests__/db/contract/drafts";
import { openStore } from "@/db/open";
import type { PostRef } from "@/db/port/posts";

/*
 * A process of its own that opens the database DATABASE_URL once NOW has come and makes COUNT comments named after
 * NAME, eight at a time, each with a vote and a take of a quota. Prints the ids.
 */
const { DATABASE_URL = "", NAME = "", COUNT = "0", NOW = "0" } = process.env;

async function write(): Promise<void> {
  while (Date.now() < Number(NOW));
  const store = openStore(DATABASE_URL);
  const slug = "contested";
  const place = { page: "blog.example/contested", url: "https://blog.example/contested", slug, title: slug };
  const ids: number[] = [];
  const one = async (n: number) => {
    const text = `${NAME} ${n}`;
    await store.limits.take("shared", { limit: 100_000, window: 86_400_000 }, Date.now());
    const created = await store.comments.create(
      draft(place, written(text)),
      { key: text, request: text },
      BASE,
    );
    if (created.refused !== null) throw new Error(created.refused);
    ids.push(created.id);
    const ref: PostRef = { slug };
    if ((await store.posts.find(ref)) === null) throw new Error("A comment without its post");
    await store.comments.vote(created.id, NAME, 1, new Date().toISOString());
  };
  for (let n = 0; n < Number(COUNT); n += 8) {
    await Promise.all(Array.from({ length: Math.min(8, Number(COUNT) - n) }, (_, k) => one(n + k)));
  }
  await store.close();
  process.stdout.write(JSON.stringify(ids));
}

write().catch((error: unknown) => {
  console.error(error);
  // The open store would keep the process alive, and the test waiting.
  process.exit(1);
});
