import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { upload } from "@/__tests__/support/files";
import { addSignedIn, PASSWORD, signIn } from "@/__tests__/support/people";
import { type Server, startServer } from "@/__tests__/support/server";
import { addPerson, type Person } from "@/__tests__/support/tokens";
import { openStore } from "@/db/open";
import type { Store } from "@/db/store";
import { toPostRef } from "@/lib/posts";

/*
 * The law that the response cache stands on: whatever changes an answer to somebody without a token and a cookie has
 * raised the site's version, and a thread's its post's; what nobody sees has raised neither.
 */

let server: Server;
/** A second process on the file, which reads versions as the cache does. */
let beside: Store;
let author: Person;

beforeAll(async () => {
  server = await startServer({
    MODERATION: "open",
    REPORT_THRESHOLD: "2",
    TRUST_PROXY: "1",
    CACHE_SIZE: "0",
    LOG_LEVEL: "warn",
  });
  beside = openStore(`file:${server.databaseFile}`);
  author = addPerson(server, "author");
  await asAdmin("POST", "/api/rules", { kind: "words", action: "hold", words: ["kraken"] });
});

afterAll(() => beside.close());

type Fields = Record<string, string>;

async function ask(method: string, path: string, headers: Fields, body?: object): Promise<Response> {
  return fetch(server.url + path, {
    method,
    redirect: "manual",
    headers: { ...(body && { "Content-Type": "application/json" }), ...headers },
    body: body && JSON.stringify(body),
  });
}

/** Of the answer, what a client sees; what differs with every request or second left out. */
async function see(
  path: string,
  accept = "application/json",
): Promise<{ text: string; tag: string | null; status: number; body: string }> {
  const res = await ask("GET", path, { Accept: accept });
  const names = [
    "etag",
    "link",
    "x-total-count",
    "cache-control",
    "content-type",
    "content-disposition",
    "location",
  ];
  const headers = names.map((name) => `${name}: ${res.headers.get(name)}`);
  const body = (await res.text()).replace(/"requestId":"[^"]*"/, "");
  return {
    text: [res.status, ...headers, body].join("\n"),
    tag: res.headers.get("etag"),
    status: res.status,
    body,
  };
}

const asGuest = (method: string, path: string, body?: object, network = 1) =>
  ask(method, path, { "X-Forwarded-For": `198.51.100.${network}` }, body);
const asAdmin = (method: string, path: string, body?: object) =>
  ask(method, path, { Authorization: `Bearer ${server.adminToken}` }, body);
const as = (token: string, method: string, path: string, body?: object) =>
  ask(method, path, { Authorization: `Bearer ${token}` }, body);

const WORDS = ["otter", "heron", "ibis"];

/** What one run made, and names that something may come to have. */
interface World {
  mark: string;
  posts: { id: number; slug: string }[];
  comments: { id: number; post: number; token: string | null }[];
  people: Person[];
  urls: string[];
  slugs: string[];
  files: string[];
}

let worlds = 0;

async function makeWorld(): Promise<World> {
  const mark = `w${++worlds}`;
  const many = (what: string) => [1, 2, 3].map((n) => `${mark}-${what}-${n}`);
  const world: World = {
    mark,
    posts: [],
    comments: [],
    people: [author, addPerson(server, "member"), addPerson(server, "moderator")],
    urls: many("page").map((name) => `http://localhost/${name}`),
    slugs: many("slug").slice(1),
    files: many("file")
      .slice(1)
      .map((name) => `${name}.txt`),
  };
  for (const n of [0, 1]) await STEPS.post(world, n, n);
  for (const n of [0, 1, 2]) await STEPS.comment(world, n, 1);
  await STEPS.page(world, 0, 1);
  return world;
}

/** Every address that is looked at; of a thread's, the name of its post. */
function addresses({ posts, comments, people, urls, slugs, files }: World): Map<string, string | null> {
  const all = new Map<string, string | null>();
  const list = (...paths: string[]) => {
    for (const path of paths) all.set(path, null);
  };
  list("/", "/api/posts", "/api/posts?category=shoes", "/api/posts?q=otter&author=grace");
  list(
    "/api/comments",
    "/api/comments?sort=top&limit=3",
    "/api/comments?q=heron&sort=newest",
    "/api/comments?author=lin",
  );
  for (const type of ["", "&type=post", "&type=comment"]) list(`/api/search?q=${WORDS[0]}${type}`);
  list("/api/search?q=title&limit=5");
  list("/api/feed?limit=100", "/api/feed?limit=2&format=json");
  for (const id of new Set(posts.map((post) => post.id))) {
    const thread = `/api/comments/${id}`;
    for (const query of ["", "?limit=2", "?view=tree&sort=top&limit=2"]) all.set(thread + query, String(id));
    list(`/api/comments/${id}/feed`, `/api/comments/${id}/feed?format=json`);
    list(`/api/posts/${id}`, `/posts/${id}`, `/api/comments?post=${id}&post=${posts[0]?.id}`);
  }
  for (const name of [...slugs, ...posts.map(({ slug }) => slug)]) {
    all.set(`/api/comments/${name}`, name);
    list(`/api/posts/${name}`);
  }
  for (const url of urls) all.set(`/api/comments/by-url?url=${encodeURIComponent(url)}`, url);
  const names = [...urls, ...slugs, ...posts.map(({ id }) => String(id))];
  list(`/api/counts?${new URLSearchParams(names.map((name) => ["post", name]))}`);
  for (const { id, post } of comments) list(`/api/comments/${post}/${id}`);
  for (const { id, post } of comments.slice(0, 2)) list(`/api/comments/${post}/${id}/permalink`);
  for (const { id } of people) list(`/api/users/${id}`);
  for (const file of files) list(`/api/files/${file}`, `/api/files/${file}#description`);
  return all;
}

type Look = {
  news: number;
  threads: Map<string, string>;
  answers: Map<string, Awaited<ReturnType<typeof see>>>;
};

async function look(world: World): Promise<Look> {
  const news = beside.news();
  const [threads, answers]: [Look["threads"], Look["answers"]] = [new Map(), new Map()];
  const rest = [...addresses(world)];
  const walk = async () => {
    for (let next = rest.pop(); next; next = rest.pop()) {
      const [path, post] = next;
      const bytes = path.startsWith("/api/files/") && !path.includes("#");
      answers.set(
        path,
        await see(path, bytes ? "*/*" : path.startsWith("/api/") ? "application/json" : "text/html"),
      );
      if (post !== null) threads.set(path, JSON.stringify(beside.newsOf(toPostRef(post))));
    }
  };
  await Promise.all([walk(), walk(), walk(), walk()]);
  const lines = "/api/comments?limit=100#lines";
  answers.set(lines, await see(lines, "application/x-ndjson"));
  expect(beside.news()).toBe(news);
  return { news, threads, answers };
}

/** Holds two looks against the law; which answers differ. */
function judge(before: Look, after: Look): string[] {
  const differing = [...after.answers].filter(([path, { text }]) => {
    const known = before.answers.get(path);
    return known !== undefined && known.text !== text;
  });
  const paths = differing.map(([path]) => path);
  expect({ paths, moved: after.news > before.news }).toEqual({
    paths,
    moved: paths.length > 0 || after.news > before.news,
  });
  for (const [path, now] of differing) {
    const then = before.answers.get(path);
    if (then?.status === 200 && now.status === 200 && then.body !== now.body) {
      expect([path, now.tag]).not.toEqual([path, then.tag]);
    }
    const thread = after.threads.get(path);
    if (thread !== undefined) expect([path, thread]).not.toEqual([path, before.threads.get(path)]);
  }
  return paths;
}

const pick = <T>(list: readonly T[], n: number): T => {
  const one = list[n % list.length];
  if (one === undefined) throw new Error("Nothing to pick from");
  return one;
};

type Step = (world: World, a: number, b: number) => Promise<unknown>;

async function keepComment({ comments }: World, res: Response): Promise<void> {
  if (res.status !== 201 && res.status !== 202) return;
  const { id, post, editToken = null } = await res.json();
  comments.push({ id, post, token: editToken });
}

const text = (a: number, b: number) => `${pick(WORDS, a)} ${b}${b % 4 === 0 ? " kraken" : ""}`;
const pathOf = ({ post, id }: World["comments"][number]) => `/api/comments/${post}/${id}`;

const STEPS: Record<string, Step> & Record<"post" | "comment" | "page", Step> = {
  comment: async (w, a, b) => {
    const { id } = pick(w.posts, a);
    const parents = w.comments.filter(({ post }) => post === id);
    const parent = b % 3 === 0 || parents.length === 0 ? null : pick(parents, b).id;
    const named = { comment: text(a, b), author: pick(["Lin", "Ada", null], b), parent };
    await keepComment(w, await asGuest("POST", `/api/comments/${id}`, named, b + 1));
  },
  page: async (w, a, b) =>
    keepComment(
      w,
      await asGuest("POST", "/api/comments", { post: pick(w.urls, a), comment: text(a, b) }, b + 1),
    ),
  signed: async (w, a, b) =>
    keepComment(
      w,
      await as(pick(w.people, b).token, "POST", `/api/comments/${pick(w.posts, a).id}`, {
        comment: text(a, b),
      }),
    ),
  edit: async (w, a, b) => {
    const one = pick(w.comments, a);
    if (one.token) await as(one.token, "PATCH", pathOf(one), { comment: text(b, b), author: "Lin" });
  },
  withdraw: async (w, a) => {
    const one = pick(w.comments, a);
    if (one.token) await as(one.token, "DELETE", pathOf(one));
  },
  moderate: (w, a, b) =>
    asAdmin(
      "PATCH",
      pathOf(pick(w.comments, a)),
      pick(
        [
          { status: "pending" },
          { status: "approved" },
          { pinned: true },
          { status: "spam" },
          { comment: text(b, b) },
          { pinned: false },
          { author: "Grace", website: "https://grace.example/" },
          { status: "deleted" },
        ],
        b,
      ),
    ),
  decide: (w, a, b) =>
    asAdmin("POST", "/api/moderation", {
      ids: [pick(w.comments, a).id, pick(w.comments, a + 1).id],
      action: pick(["approve", "spam", "delete", "restore"], b),
    }),
  vote: (w, a, b) =>
    asGuest("PUT", `${pathOf(pick(w.comments, a))}/vote`, { value: pick([1, -1, 0], b) }, (b % 4) + 1),
  report: (w, a, b) =>
    asGuest("POST", `${pathOf(pick(w.comments, a))}/report`, { reason: "spam" }, (b % 4) + 1),
  undo: async (_w, a) => {
    const entries: { id: number }[] = await (await asAdmin("GET", "/api/audit?limit=10")).json();
    if (entries.length > 0) await asAdmin("POST", `/api/audit/${pick(entries, a).id}/undo`, {});
  },
  post: async (w, a, b) => {
    const byline = pick(["Grace", "Lin"], b);
    const body = {
      title: `Title ${text(a, b)}`,
      content: text(b, a),
      author: byline,
      category: pick(["shoes", null], a),
    };
    const res = await as(author.token, "POST", "/api/posts", body);
    const { id, slug } = await res.json();
    w.posts.push({ id, slug });
  },
  change: (w, a, b) =>
    asAdmin(
      "PATCH",
      `/api/posts/${pick(w.posts, a).id}`,
      pick(
        [
          { title: `Title ${text(b, a)}` },
          { slug: pick(w.slugs, a) },
          { url: pick(w.urls, a) },
          { commentsOpen: false },
          { content: text(a, b) },
          { commentsOpen: true },
          { category: "shoes" },
          { author: "Lin" },
          { url: null },
        ],
        b,
      ),
    ),
  remove: (w, a) => asAdmin("DELETE", `/api/posts/${pick(w.posts, a).id}`),
  merge: (w, a, b) =>
    asAdmin("POST", `/api/posts/${pick(w.posts, a).id}/merge`, { into: pick(w.posts, b).id }),
  alias: (w, a, b) => asAdmin("POST", `/api/posts/${pick(w.posts, a).id}/aliases`, { url: pick(w.urls, b) }),
  unalias: (w, a, b) =>
    asAdmin(
      "DELETE",
      `/api/posts/${pick(w.posts, a).id}/aliases?${new URLSearchParams({ url: pick(w.urls, b) })}`,
    ),
  remap: (w, a, b) => asAdmin("POST", "/api/remap", { from: pick(w.urls, a), to: pick(w.urls, b) }),
  profile: (w, a, b) =>
    asAdmin(
      "PATCH",
      `/api/users/${pick(w.people, a).id}`,
      pick(
        [
          { name: `Piper ${w.mark} ${b}` },
          { profession: `Piper ${b}` },
          { website: "https://piper.example/" },
          { email: `${w.mark}-${b}@example.org` },
        ],
        b,
      ),
    ),
  leave: async (w, a) => {
    const leaver = pick(w.people, a);
    if (leaver !== author) await asAdmin("DELETE", `/api/users/${leaver.id}`, {});
  },
  upload: async (w, a, b) => {
    const path = pick(w.files, a);
    await upload(server, `The bytes ${b % 2}`, "name.txt", path);
  },
  unfile: (w, a) => asAdmin("DELETE", `/api/files/${pick(w.files, a)}`),
};

/** Each kind of step once, so that it shows something new; then chance has the word. */
const TOUR: [kind: keyof typeof STEPS, a: number, b: number][] = [
  ["vote", 0, 3],
  ["report", 0, 2],
  ["report", 0, 3],
  ["moderate", 0, 2],
  ["decide", 0, 0],
  ["moderate", 0, 0],
  ["edit", 2, 1],
  ["moderate", 0, 5],
  ["moderate", 0, 1],
  ["withdraw", 2, 0],
  ["moderate", 1, 7],
  ["undo", 0, 0],
  ["signed", 0, 1],
  ["profile", 1, 0],
  ["profile", 1, 1],
  ["comment", 1, 3],
  ["upload", 0, 0],
  ["unfile", 0, 0],
  ["upload", 0, 1],
  ["alias", 0, 1],
  ["unalias", 0, 1],
  ["change", 0, 1],
  ["change", 0, 4],
  ["change", 1, 8],
  ["post", 2, 2],
  ["page", 1, 1],
  ["remap", 1, 2],
  ["leave", 1, 0],
  ["merge", 0, 1],
  ["remove", 1, 0],
  ["undo", 0, 0],
];

const step = fc.record({ kind: fc.constantFrom(...Object.keys(STEPS)), a: fc.nat(40), b: fc.nat(40) });

describe("versions", () => {
  test("rise with every commit that changes a public answer, whatever is done in whatever order", async () => {
    const changed = new Set<string>();
    const walk = async (steps: { kind: string; a: number; b: number }[]) => {
      const world = await makeWorld();
      let before = await look(world);
      for (const { kind, a, b } of steps) {
        await STEPS[kind]?.(world, a, b);
        const after = await look(world);
        if (judge(before, after).length > 0) changed.add(kind);
        before = after;
      }
    };
    await walk(TOUR.map(([kind, a, b]) => ({ kind, a, b })));
    // Or else the steps would prove nothing.
    expect([...changed].sort()).toEqual(Object.keys(STEPS).sort());
    const walks = fc.array(step, { minLength: 8, maxLength: 16, size: "max" });
    await fc.assert(fc.asyncProperty(walks, walk), { seed: 4, numRuns: 4, endOnFailure: true });
  }, 120_000);

  test("stay as they are where nobody sees anything new", async () => {
    const world = await makeWorld();
    const [first, second] = world.comments;
    if (!first || !second) throw new Error("No comments to begin with");
    const { id: post } = pick(world.posts, 0);
    const held: World["comments"] = [];
    const hold = async (comment: string) => {
      const res = await asGuest("POST", `/api/comments/${post}`, { comment: `${comment} kraken` }, 7);
      expect(res.status).toBe(202);
      const { id, editToken } = await res.json();
      held.push({ id, post, token: editToken });
    };
    const mine = await addSignedIn(server, "moderator", `Person of ${world.mark}`);
    const signedIn = (method: string, path: string, body?: object) => ask(method, path, mine.browser, body);
    const status = async (wanted: number, res: Promise<Response>) => expect((await res).status).toBe(wanted);
    const token = async () => (await (await signedIn("POST", "/api/tokens", { name: "bot" })).json()).id;
    const rule = async () => {
      const words = { kind: "words", action: "hold", words: ["leviathan"] };
      const { id } = await (await asAdmin("POST", "/api/rules", words)).json();
      await status(200, asAdmin("DELETE", `/api/rules?id=${id}`));
    };
    const key = { "Idempotency-Key": `${world.mark}-sixteen-or-more`, "X-Forwarded-For": "198.51.100.9" };
    const once = () => ask("POST", `/api/comments/${post}`, key, { comment: `Once ${world.mark}` });
    await status(201, once());
    await asGuest("PUT", `${pathOf(first)}/vote`, { value: 1 }, 9);
    await upload(server, "The same", "name.txt", `${world.mark}/same.txt`);
    const before = await look(world);
    const unseen: [name: string, work: () => Promise<unknown>][] = [
      ["a sign-in", () => signIn(server, mine.email)],
      ["a wrong password", () => signIn(server, mine.email, `not ${PASSWORD}`)],
      ["a session that is listed", () => status(200, signedIn("GET", "/api/sessions"))],
      [
        "a token that is made and ends",
        async () => status(200, signedIn("DELETE", `/api/tokens/${await token()}`)),
      ],
      ["a rule that comes and goes", rule],
      ["a held comment", () => hold("One")],
      [
        "its edit",
        async () =>
          status(
            200,
            as(pick(held, 0).token ?? "", "PATCH", pathOf(pick(held, 0)), { comment: "kraken still" }),
          ),
      ],
      [
        "what its moderator says",
        () => status(200, asAdmin("PATCH", pathOf(pick(held, 0)), { status: "spam" })),
      ],
      ["its deletion", () => status(200, asAdmin("DELETE", pathOf(pick(held, 0))))],
      [
        "another, and a decision on it",
        async () => {
          await hold("Two");
          await status(200, asAdmin("POST", "/api/moderation", { ids: [pick(held, 1).id], action: "spam" }));
        },
      ],
      ["its withdrawal", () => status(200, as(pick(held, 1).token ?? "", "DELETE", pathOf(pick(held, 1))))],
      [
        "a held comment on a page of its own",
        () =>
          status(202, asGuest("POST", "/api/comments", { post: pick(world.urls, 2), comment: "kraken" }, 8)),
      ],
      [
        "a report below the threshold",
        () => status(202, asGuest("POST", `${pathOf(second)}/report`, { reason: "abuse" }, 9)),
      ],
      ["the same said again under its key", () => status(201, once())],
      ["the same vote again", () => status(200, asGuest("PUT", `${pathOf(first)}/vote`, { value: 1 }, 9))],
      ["the same file again", () => upload(server, "The same", "name.txt", `${world.mark}/same.txt`)],
      ["a post that is changed to what it is", () => status(200, asAdmin("PATCH", `/api/posts/${post}`, {}))],
      [
        "a comment that is refused",
        () => status(400, asGuest("POST", `/api/comments/${post}`, { comment: "" })),
      ],
      [
        "a change without the right",
        () => status(401, asGuest("PATCH", pathOf(first), { comment: "Mine now" })),
      ],
      [
        "a condition that fails",
        () =>
          status(
            412,
            ask("DELETE", `/api/posts/${post}`, {
              "If-Match": '"x"',
              Authorization: `Bearer ${server.adminToken}`,
            }),
          ),
      ],
      ["a preview", () => status(200, asGuest("POST", "/api/preview", { comment: "otter" }))],
      [
        "a remap that is only tried",
        () =>
          status(
            200,
            asAdmin("POST", "/api/remap", {
              from: pick(world.urls, 0),
              to: "http://localhost/new",
              dryRun: true,
            }),
          ),
      ],
      ["a look whether all is well", () => status(200, asGuest("GET", "/api/health?ready"))],
    ];
    for (const [name, work] of unseen) {
      await work();
      expect([name, beside.news()]).toEqual([name, before.news]);
    }
    const after = await look(world);
    expect(judge(before, after)).toEqual([]);
    const known = ([path]: [string, string]) => !path.includes("by-url");
    expect(new Map([...after.threads].filter(known))).toEqual(new Map([...before.threads].filter(known)));
  }, 60_000);
});
