import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  ADMIN,
  add,
  addPost,
  asModerator,
  at,
  BASE,
  by,
  commentRow,
  draft,
  listQuery,
  newPage,
  postRow,
  readThread,
  required,
  threadQuery,
  treeQuery,
  unique,
  userRow,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { NewFile } from "@/db/port/files";
import type { NewPerson } from "@/db/port/users";
import type { Store } from "@/db/store";

const own = { namesakes: false, by: null };
const terms = { ...own, at: at(9), version: null };
const nobody = { ...by("Anonymous"), avatar: "seed-nobody" };

function person(name = unique("Ada")): NewPerson {
  const email = `${unique("person")}@example.org`;
  const rest = {
    profession: null,
    website: null,
    role: "member",
    password: "hash",
    createdAt: at(0),
  } as const;
  return { name, nameKey: name.toLowerCase(), email, ...rest };
}

async function addPerson(store: Store): Promise<number> {
  const made = await store.users.create(person(), own);
  if (made.refused !== null) throw new Error(made.refused);
  return made.person.id;
}

function file(path: string, user: number | null): NewFile {
  const sha256 = createHash("sha256").update(path).digest("hex");
  const rest = { filename: "a.txt", type: "text/plain", size: path.length, createdAt: at(0) };
  return { ...rest, paths: [path], sha256, place: unique("place"), user };
}

/** What is looked at: names of things that may come and go. */
interface Things {
  posts?: number[];
  comments?: number[];
  people?: number[];
  files?: string[];
  words?: string[];
}

interface Seen {
  /** What anybody may read, by what it is. */
  texts: Map<string, string>;
  /** The version that the ETag of each visible comment is made from. */
  versions: Map<number, number>;
  threads: Map<number, string>;
  news: number;
}

async function look(store: Store, things: Things): Promise<Seen> {
  const texts = new Map<string, string>();
  const say = (name: string, value: unknown) => texts.set(name, JSON.stringify(value));
  const { posts = [], comments = [], people = [], files = [], words = [] } = things;
  const seen: Seen = { texts, versions: new Map(), threads: new Map(), news: store.news() };
  const { version, comments: total, posts: listed } = await store.site();
  expect(version).toBe(seen.news);
  say("totals", [total, listed]);
  for (const sort of ["oldest", "newest", "top"] as const)
    say(`comments by ${sort}`, (await store.comments.list(listQuery({ sort }))).rows);
  say(
    "posts",
    (await store.posts.list({ limit: 100 })).rows.map(({ version: _, ...post }) => post),
  );
  for (const word of words) {
    say(`search ${word}`, await store.search({ q: word, limit: 20, base: BASE }));
    say(`comments with ${word}`, (await store.comments.list(listQuery({ q: word }))).rows);
  }
  for (const id of posts) {
    const post = await store.posts.find({ id });
    seen.threads.set(id, JSON.stringify(store.newsOf({ id })));
    const flat = post && (await readThread(store, threadQuery(post))).rows;
    const tree = post && (await store.comments.tree(treeQuery(post, { sort: "top" }))).rows;
    say(`thread ${id}`, [post?.comments, post?.listed, flat, tree]);
    say(`comments of ${id}`, (await store.comments.list(listQuery({ posts: [id] }))).rows);
  }
  for (const id of comments) {
    const comment = await store.comments.find(id);
    if (comment?.visible) seen.versions.set(id, comment.version);
    say(`comment ${id}`, comment?.visible ? await store.comments.json(id, "public", BASE) : null);
  }
  for (const id of people) {
    const one = await store.users.find(id);
    const { name, profession, website, role, createdAt } = { ...one };
    say(`person ${id}`, one && { name, profession, website, role, createdAt });
  }
  for (const path of files) say(`file ${path}`, await store.files.find(path));
  return seen;
}

/** Does `work` and holds what readers see before and after against the versions. True where they see something new. */
async function hold(store: Store, things: Things, work: () => Promise<unknown>): Promise<boolean> {
  const before = await look(store, things);
  await work();
  const after = await look(store, things);
  const differing = [...after.texts].filter(([name, text]) => before.texts.get(name) !== text);
  const changed = differing.map(([name]) => name);
  const moved = after.news > before.news;
  expect({ changed, moved }).toEqual({ changed, moved: moved || changed.length > 0 });
  for (const [id, text] of after.threads)
    if (changed.includes(`thread ${id}`)) expect(text).not.toBe(before.threads.get(id));
  for (const [id, version] of after.versions) {
    const known = before.versions.get(id);
    if (known === undefined) continue;
    if (changed.includes(`comment ${id}`)) expect(version).toBeGreaterThan(known);
    // Its ETag is news as well.
    if (version !== known) expect(moved).toBe(true);
  }
  return changed.length > 0;
}

export function news(engine: Engine): void {
  describe("news", () => {
    const store = shared(engine);

    it("are the site's version and a thread's, at once, as soon as a change is acknowledged", async () => {
      const post = await addPost(store());
      for (let n = 0; n < 20; n++) {
        const before = { site: store().news(), post: required(store().newsOf({ id: post.id })).version };
        await add(store(), post.id);
        expect(store().news()).toBeGreaterThan(before.site);
        expect(store().news()).toBe((await store().site()).version);
        const { version } = required(await store().posts.head({ id: post.id }));
        expect(version).toBeGreaterThan(before.post);
        expect(store().newsOf({ id: post.id })).toEqual({ id: post.id, version });
      }
    });

    it("tell nothing of what no reader sees", async () => {
      const post = await addPost(store());
      const before = [store().news(), store().newsOf({ id: post.id })];
      await store().limits.take(unique("key"), { limit: 5, window: 1000 }, Date.now());
      await add(store(), post.id, { status: "pending" });
      await store().ready();
      expect([store().news(), store().newsOf({ id: post.id })]).toEqual(before);
    });

    it("of a post are found by id, slug and page, its former ones included", async () => {
      const page = newPage();
      const { id, post } = await add(store(), page);
      const slug = unique("renamed");
      await store().posts.change(post, { slug }, ADMIN, at(2), null);
      const other = newPage();
      const merged = (await add(store(), other)).post;
      await store().posts.merge(merged, post, ADMIN, at(3));
      const { version } = required(await store().posts.head({ id: post }));
      const names = [
        { id: post },
        { slug },
        { slug: page.slug },
        { page: page.page },
        { id: merged },
        { page: other.page },
      ];
      for (const name of names) expect(store().newsOf(name)).toEqual({ id: post, version });
      await store().comments.delete(id, "author", at(4), asModerator);
      for (const name of names) expect(required(store().newsOf(name)).version).toBeGreaterThan(version);
    });

    it("of a post that is not there, or no more, are null", async () => {
      const post = await addPost(store());
      expect(store().newsOf({ id: 2 ** 40 })).toBeNull();
      expect(store().newsOf({ slug: unique("nobody") })).toBeNull();
      expect(store().newsOf({ page: unique("nowhere") })).toBeNull();
      await store().posts.delete(post.id, ADMIN, at(2), null);
      expect(store().newsOf({ id: post.id })).toBeNull();
      expect(store().newsOf({ slug: post.slug })).toBeNull();
    });

    it("wait for what is committed, not for what is only asked for", async () => {
      const post = await addPost(store());
      const before = store().news();
      const created = store().comments.create(draft(post.id), null, "");
      expect(store().news()).toBe(before);
      await created;
      expect(store().news()).toBeGreaterThan(before);
    });

    it("tell of files that come and go", async () => {
      const path = unique("docs/file");
      const things = { files: [path] };
      const draft = file(path, null);
      expect(await hold(store(), things, () => store().files.create(draft, 1000))).toBe(true);
      const before = store().news();
      await store().files.create({ ...draft, place: unique("place") }, 1000);
      expect(store().news()).toBe(before);
      const { id } = required(await store().files.find(path));
      expect(await hold(store(), things, () => store().files.delete(id, ADMIN, at(2)))).toBe(true);
    });

    it("tell of people's public profiles, however they come, change and go", async () => {
      const id = await addPerson(store());
      const { users } = store();
      const things = { people: Array.from({ length: 8 }, (_, n) => id + n) };
      expect(await hold(store(), things, () => addPerson(store()))).toBe(true);
      for (const change of [
        { profession: "Piper" },
        { role: "author" },
        { author: { ...by(unique("Lin")), website: "https://lin.example/" } },
      ] as const)
        expect(await hold(store(), things, () => users.change(id, change, terms))).toBe(true);
      const { imports, setup } = store();
      const source = unique("source");
      const rows = [userRow(unique("Imported"))];
      const run = () => imports.run(rows, { keepGoing: false, source });
      expect(await hold(store(), things, run)).toBe(true);
      const known = store().news();
      await run();
      expect(store().news()).toBe(known);
      expect(await hold(store(), things, () => imports.remove(source))).toBe(true);
      const hash = unique("hash");
      await setup.offer(hash, at(100));
      const { name, nameKey, email } = person();
      const account = { name, nameKey, email, password: "hash", role: "admin", at: at(1) } as const;
      expect(await hold(store(), things, () => setup.use(hash, account))).toBe(true);
      for (const erase of [false, true]) {
        const leaver = await addPerson(store());
        const seen = { people: [leaver] };
        expect(await hold(store(), seen, () => users.remove(leaver, { erase, nobody }, terms))).toBe(true);
        while (await users.work()) expect(await users.find(leaver)).toBeNull();
      }
    });

    it("tell of each part in which a person's name is changed, or all that they wrote goes", async () => {
      const user = await addPerson(store());
      const post = await addPost(store());
      const made = await Promise.all(
        Array.from({ length: 450 }, (_, n) => add(store(), post.id, { user, createdAt: at(n) })),
      );
      const path = unique("theirs");
      await store().files.create(file(path, user), 1000);
      const things = {
        posts: [post.id],
        comments: [0, 100, 220, 320, 449].map((n) => required(made[n]).id),
        people: [user],
        files: [path],
      };
      const { users } = store();
      const inParts = async (first: () => Promise<unknown>) => {
        let seen = Number(await hold(store(), things, first));
        for (let more = true; more; ) {
          const part = await hold(store(), things, async () => {
            more = await users.work();
          });
          seen += Number(part);
        }
        return seen;
      };
      const author = by(unique("Renamed"));
      expect(await inParts(() => users.change(user, { author }, terms))).toBeGreaterThanOrEqual(3);
      expect(await inParts(() => users.remove(user, { erase: true, nobody }, terms))).toBeGreaterThan(5);
      expect(await store().files.find(path)).toBeNull();
    });

    it("tell of each piece in which a large post that was deleted leaves the index", async () => {
      const word = unique("hippopotamus").replace("-", "");
      const post = await addPost(store());
      const other = await addPost(store());
      const text = written(`A ${word}`);
      await Promise.all(
        Array.from({ length: 350 }, (_, n) => add(store(), post.id, { ...text, createdAt: at(n) })),
      );
      await add(store(), other.id, text);
      const things = { posts: [post.id, other.id], words: [word] };
      expect(await hold(store(), things, () => store().posts.delete(post.id, ADMIN, at(400), null))).toBe(
        true,
      );
      for (let more = true; more; )
        await hold(store(), things, async () => {
          more = await store().posts.clear();
        });
      expect((await store().search({ q: word, limit: 5, base: BASE })).total).toBe(1);
    });

    it("tell of a tombstone that is pinned, edited or decided on under its replies", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id);
      await add(store(), post.id, { parent: id });
      const { comments } = store();
      const change = (what: Parameters<Store["comments"]["change"]>[1]) => () =>
        comments.change(id, what, ADMIN, at(5), asModerator);
      const things = { posts: [post.id], comments: [id] };
      for (const what of [
        { status: "pending" },
        { pinned: true },
        { text: written("Held and edited") },
        { status: "spam" },
        { pinned: false },
        { status: "approved" },
      ] as const)
        await hold(store(), things, change(what));
      await hold(store(), things, () => comments.delete(id, ADMIN, at(6), asModerator));
      await hold(store(), things, change({ status: "approved" }));
    });

    it("tell of what is left of an import that was taken out, its comments' own versions too", async () => {
      const slug = unique("imported");
      const source = unique("source");
      const rows = [postRow(slug), commentRow(unique("Imported"), { post: slug, key: unique("key") })];
      await store().imports.run(rows, { keepGoing: false, source });
      const { id: post } = required(await store().posts.find({ slug }));
      const { rows: all } = await store().comments.list(listQuery({ posts: [post] }));
      const { id } = required(all[0]);
      await add(store(), post, { parent: id });
      const things = { posts: [post], comments: [id] };
      expect(await hold(store(), things, () => store().imports.remove(source))).toBe(true);
    });

    it("tell of a comment that comes back with its post as another than it was", async () => {
      const user = await addPerson(store());
      const post = await addPost(store());
      const { id } = await add(store(), post.id, { user });
      await add(store(), post.id, { parent: id });
      const before = required(await store().comments.find(id));
      const deleted = await store().posts.delete(post.id, ADMIN, at(2), null);
      if (deleted.refused !== null) throw new Error(deleted.refused);
      await store().users.remove(user, { erase: false, nobody }, terms);
      while (await store().users.work());
      const things = { posts: [post.id], comments: [id] };
      expect(await hold(store(), things, () => store().posts.undo(deleted.audit, ADMIN, at(3)))).toBe(true);
      const after = required(await store().comments.find(id));
      expect(after.author).not.toBe(before.author);
      expect(after.version).toBeGreaterThan(before.version);
    });

    it("never list a post that is gone, whatever is decided on what is left of it", async () => {
      const post = await addPost(store());
      const held = await add(store(), post.id, { status: "pending" });
      await Promise.all(
        Array.from({ length: 150 }, (_, n) => add(store(), post.id, { createdAt: at(2 + n) })),
      );
      await store().posts.delete(post.id, ADMIN, at(200), null);
      const before = await look(store(), { posts: [post.id] });
      const decided = await store().moderation.decide([held.id], "approve", ADMIN, at(201), {
        note: null,
        base: BASE,
      });
      expect(decided).toEqual({ refused: "absent", id: held.id });
      expect(
        await store().comments.change(held.id, { status: "approved" }, ADMIN, at(201), asModerator),
      ).toEqual({ refused: "absent" });
      expect((await look(store(), { posts: [post.id] })).texts).toEqual(before.texts);
      while (await store().posts.clear());
    });

    it("tell of posts that age closes, and of nothing where it closes none", async () => {
      const until = "2001-01-01T00:00:00.000Z";
      const old = await addPost(store(), { createdAt: "2000-01-01T00:00:00.000Z" });
      const things = { posts: [old.id] };
      expect(await hold(store(), things, () => store().posts.closeAged(until))).toBe(true);
      const before = store().news();
      await store().posts.closeAged(until);
      await store().sweep(Date.now(), 0);
      expect(store().news()).toBe(before);
      expect(await hold(store(), things, () => store().posts.closeAged(null))).toBe(true);
    });
  });
}
