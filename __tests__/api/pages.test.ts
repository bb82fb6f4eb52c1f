import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";

let server: Server;

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
});

const get = (path: string) => request(server.url).get(path);

async function comment(body: object): Promise<number> {
  const answer = await request(server.url)
    .post("/api/comments")
    .send({ post: "react-hooks", ...body });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

const asForm = (fields: Record<string, string>) =>
  request(server.url).post("/api/comments").set("Accept", "text/html,*/*;q=0.8").type("form").send(fields);

/** What React leaves out of the way: comments between texts, and the page's data. */
const textOf = (html: string) => html.replace(/<script.*?<\/script>/gs, "").replaceAll("<!-- -->", "");

/** The tag of the field of that name. */
const tagOf = (html: string, name: string) =>
  html.match(/<(input|textarea)[^>]*>/g)?.find((tag) => tag.includes(`name="${name}"`)) ?? "";

describe("the front page", () => {
  it("has the posts, newest first, with how they begin, by whom, and how much was said", async () => {
    const { status, text } = await get("/");
    const html = textOf(text);
    expect(status).toBe(200);
    expect(html).toContain('<html lang="en" dir="ltr">');
    expect(html.indexOf("Next.js Guide")).toBeGreaterThan(0);
    expect(html.indexOf("React Hooks")).toBeGreaterThan(html.indexOf("Next.js Guide"));
    expect(html).toContain("Hooks let a function component keep state and run effects.");
    expect(html).toMatch(
      /<bdi>Jane<\/bdi> · <time dateTime="[^"]+Z">\w+ \d+, \d{4}<\/time> · <bdi>react<\/bdi>/i,
    );
    expect(html).toMatch(/<a href="\/posts\/react-hooks#comments">\d+ comments/);
    expect(html).not.toContain("Nice post");
    expect(html).not.toContain("<form");
  });

  it("cuts a long text between two words, and shows no markup of it", async () => {
    const content = `# Title\n\n**Bold** & <b>more</b>\n\n${"word ".repeat(200)}`;
    const post = { title: "Long", content, author: "Jane" };
    const long = await startServer({ SEED: "off" });
    await request(long.url).post("/api/posts").set("Authorization", `Bearer ${long.adminToken}`).send(post);
    const html = textOf((await request(long.url).get("/")).text);
    const [, excerpt = ""] = /<p dir="auto">(Title Bold &amp; .*?)<\/p>/.exec(html) ?? [];
    expect(excerpt).toMatch(/^Title Bold &amp; (&lt;b&gt;more&lt;\/b&gt;|more) (word )+word…$/);
    expect(excerpt.length).toBeLessThan(320);
  });

  it("has three curl commands with the address it was asked at, as long as there is nothing but the demo", async () => {
    const html = textOf((await get("/")).text).replace(/<\/?span>/g, "");
    expect(html.match(/<code dir="ltr">curl /g)).toHaveLength(3);
    expect(html).toContain(`curl ${server.url}/api/comments/`);
    const own = await startServer({ SEED: "on", MODERATION: "open" });
    expect((await request(own.url).get("/")).text).toContain("on your own server");
    await request(own.url).post("/api/comments").send({ post: "http://localhost/mine", comment: "Hello" });
    const after = (await request(own.url).get("/")).text;
    expect(after).not.toContain("curl");
    expect(after).not.toContain("on your own server");
    expect(after.match(/<h1>Posts<\/h1>/g)).toHaveLength(1);
  });

  it("has ten posts, and a link to the older ones", async () => {
    const many = await startServer({ SEED: "on", MODERATION: "open" });
    for (let n = 0; n < 10; n++) {
      const post = `http://localhost:9999/page-${n}`;
      expect((await request(many.url).post("/api/comments").send({ post, comment: "Hello" })).status).toBe(
        201,
      );
    }
    const first = (await request(many.url).get("/")).text;
    expect(first.match(/<article class="excerpt"/g)).toHaveLength(10);
    expect(first).toContain('<p class="elsewhere" dir="ltr">localhost:9999/page-9</p>');
    const older = /<a href="(\/\?cursor=[^"]+)" rel="next">Older posts/.exec(first)?.[1] ?? "";
    const second = (await request(many.url).get(older)).text;
    expect(second.match(/<article class="excerpt"/g)).toHaveLength(2);
    expect(second).toContain("React Hooks");
    expect(second).not.toContain("Older posts");
  });

  it("is friendly where nothing is there yet", async () => {
    const empty = await startServer({ SEED: "off" });
    const { status, text } = await request(empty.url).get("/");
    expect(status).toBe(200);
    expect(text).toContain("Nothing here yet");
    expect(text).toContain("/api/health");
  });
});

describe("a post's page", () => {
  it("is there by slug and by id, and has the thread with an anchor for each comment", async () => {
    const id = await comment({ comment: "Look at **this**", author: "Ada" });
    const { status, text } = await get("/posts/react-hooks");
    expect(status).toBe(200);
    expect(text).toMatch(
      new RegExp(
        `<article id="comment-${id}".*<strong id="by-${id}"[^>]*>Ada</strong>.*<strong>this</strong>`,
        "s",
      ),
    );
    expect(textOf(text)).toMatch(/<time dateTime="[^"]+Z">\w+ \d+, \d{4} at \d+:\d\d.[AP]M UTC<\/time>/i);
    expect((await get("/posts/1")).text).toContain(`comment-${id}`);
  });

  it("is 404 for a post nobody has, and for a cursor nobody gave", async () => {
    for (const path of [
      "/posts/nobody",
      "/posts/999",
      "/posts/%00",
      "/posts/react-hooks?cursor=x",
      "/?cursor=x",
    ]) {
      const { status, text, headers } = await get(path);
      expect([path, status]).toEqual([path, 404]);
      expect(text).toContain("Nothing is here");
      expect(headers["content-security-policy"]).toContain("script-src 'self';");
    }
  });

  it("pages a long thread, and begins with the comment that at= names", async () => {
    const ids: number[] = [];
    for (let n = 0; n < 105; n++)
      ids.push(await comment({ post: "nextjs-guide", comment: `Part ${n} of it` }));
    const [last = 0] = ids.slice(-1);
    const first = await get("/posts/nextjs-guide");
    expect(first.text).toContain("Part 0 of it");
    expect(first.text).not.toContain(`id="comment-${last}"`);
    const nextOf = (text: string) =>
      /href="(\/posts\/nextjs-guide\?[^"#]*cursor=[^"#]+)#comments"/.exec(text)?.[1];
    const pages = [first.text];
    for (let next = nextOf(first.text); next; next = nextOf(pages.at(-1) ?? ""))
      pages.push((await get(next.replaceAll("&amp;", "&"))).text);
    const shown = pages.flatMap((text) => text.match(/id="comment-\d+"/g) ?? []);
    expect(shown.slice(-105)).toEqual(ids.map((id) => `id="comment-${id}"`));
    expect(new Set(shown).size).toBe(shown.length);
    expect(pages).toHaveLength(3);
    expect(pages.map((text) => text.includes("To the first comments"))).toEqual([false, true, true]);

    const at = await get(`/posts/nextjs-guide?at=${last}`);
    expect(at.text.match(/id="comment-\d+"/g)).toEqual([`id="comment-${last}"`]);
    expect(at.text).toContain("To the first comments");
    const [early = 0] = ids;
    const whole = (await get(`/posts/nextjs-guide?at=${early}`)).text;
    expect(whole).toContain("Short and to the point");
    expect(whole).not.toContain("To the first comments");
    // What is of another post, or nowhere, changes nothing.
    for (const nowhere of ["1", "99999", "x"]) {
      expect((await get(`/posts/nextjs-guide?at=${nowhere}`)).text).toContain("Part 0 of it");
    }
  });

  it("sorts its thread as asked, and keeps to that in its links", async () => {
    const first = await comment({ comment: "Older than the other", author: "Old" });
    const second = await comment({ comment: "Newer than the other", author: "New" });
    const order = (text: string) => text.indexOf(`comment-${first}"`) < text.indexOf(`comment-${second}"`);
    expect(order((await get("/posts/react-hooks")).text)).toBe(true);
    const newest = (await get("/posts/react-hooks?sort=newest")).text;
    expect(order(newest)).toBe(false);
    expect(newest).toContain(`href="/posts/react-hooks?sort=newest&amp;reply=${second}#respond"`);
    expect(newest).toContain('name="from" value="/posts/react-hooks?sort=newest"');
    expect((await get("/posts/react-hooks?sort=x")).text).toContain('name="from" value="/posts/react-hooks"');
  });

  it("shows what a deleted comment leaves, and nothing of it", async () => {
    const gone = await comment({ comment: "Soon to be vanished words", author: "Mallory" });
    await comment({ comment: "An answer that stays", parent: gone });
    const hidden = await comment({ comment: "Vanished without a trace" });
    for (const id of [gone, hidden]) {
      const answer = await request(server.url)
        .delete(`/api/comments/1/${id}`)
        .set("Authorization", `Bearer ${server.adminToken}`);
      expect(answer.status).toBe(200);
    }
    const { text } = await get("/posts/react-hooks");
    expect(text).toContain("This comment was deleted.");
    expect(text).toContain("An answer that stays");
    for (const word of ["anished", "Mallory", `comment-${hidden}"`]) expect(text).not.toContain(word);
  });

  it("offers a reply with its parent filled in, and to nobody who can't be answered", async () => {
    const id = await comment({ comment: "Answer me", author: "Eve <b>" });
    const { text } = await get(`/posts/react-hooks?reply=${id}`);
    expect(textOf(text)).toContain(`<input type="hidden" name="parent" value="${id}"/>`);
    expect(textOf(text)).toContain('<h3 id="respond-heading">Reply to \u2068Eve &lt;b&gt;\u2069</h3>');
    for (const nobody of ["99999", "x", "-1", "1e3"]) {
      expect((await get(`/posts/react-hooks?reply=${nobody}`)).text).not.toContain('name="parent"');
    }
  });
});

describe("a form without JavaScript", () => {
  it("has a field that nobody sees or reaches; what fills it in hears that it waits", async () => {
    const { text } = await request(server.url).get("/posts/react-hooks");
    const [trap = ""] = /<p class="unseen" aria-hidden="true">.*?<\/p>/.exec(text) ?? [];
    expect(trap).toMatch(/<input [^>]*name="homepage"/);
    expect(trap).toMatch(/<input [^>]*tabindex="-1"/i);
    expect(trap).toMatch(/<input [^>]*autocomplete="off"/i);
    const sent = { post: "react-hooks", comment: "Filled everywhere", homepage: "https://bot.example" };
    const res = await request(server.url)
      .post("/api/comments")
      .type("form")
      .set("Accept", "text/html")
      .redirects(0)
      .send(sent)
      .expect(303);
    expect(res.headers.location).toBe("/posts/1?held=1#respond");
    expect((await request(server.url).get("/posts/react-hooks")).text).not.toContain("Filled everywhere");
  });

  it("leads to the new comment in its place, though it be on a later page", async () => {
    const answer = await asForm({
      post: "nextjs-guide",
      comment: "By hand",
      author: "",
      email: "",
      website: "",
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toMatch(/\/posts\/nextjs-guide\?at=(\d+)#comment-\1$/);
    const { pathname, search, hash } = new URL(answer.headers.location ?? "", server.url);
    const { text } = await get(pathname + search);
    expect(text).toContain(`id="${hash.slice(1)}"`);
    expect(text).toContain("By hand");
  });

  it("of our own page leads back to it, also for a post that stands for a page elsewhere", async () => {
    const page = "http://localhost:9999/a-page-elsewhere";
    await comment({ post: page, comment: "The first there" });
    const fields = { post: "a-page-elsewhere", comment: "By hand" };
    const own = await asForm(fields).set("Origin", server.url);
    expect(own.headers.location).toMatch(/^\/posts\/\d+\?at=(\d+)#comment-\1$/);
    const theirs = await asForm(fields).set("Origin", "http://localhost:9999");
    expect(theirs.headers.location).toMatch(/^http:\/\/localhost:9999\/a-page-elsewhere#comment-\d+$/);
  });

  it("that was refused leads back to it, with the reason and where it lies", async () => {
    const answer = await asForm({ post: "react-hooks", comment: "Hello", website: "javascript:alert(1)" });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe("/posts/react-hooks?error=invalid_input&field=website#respond");
    const { text } = await get("/posts/react-hooks?error=invalid_input&field=website");
    expect(textOf(text)).toMatch(/role="alert"><p class="notice refused">The website must begin with http/);
    expect(tagOf(text, "website")).toContain('aria-invalid="true"');
    expect(tagOf(text, "comment")).not.toContain("aria-invalid");
    expect(text).toContain("Back button");
    const front = await asForm({ post: "nobody", comment: "Hello" });
    expect(front.headers.location).toBe("/?error=post_not_found");
    expect((await get("/?error=post_not_found")).text).toMatch(
      /role="alert">There is no such page to comment on\./,
    );
  });

  it("that waits for a moderator says so", async () => {
    const held = await startServer({ SEED: "on", MODERATION: "all" });
    const answer = await request(held.url)
      .post("/api/comments")
      .set("Accept", "text/html")
      .type("form")
      .send({ post: "react-hooks", comment: "May I?" });
    expect(answer.headers.location).toBe("/posts/1?held=1#respond");
    const { text } = await request(held.url).get("/posts/1?held=1");
    expect(text).toMatch(/role="status"><p class="notice done">Thank you/);
    expect(text).not.toContain("May I?");
  });

  it("is told nothing that a link made up", async () => {
    const lie = encodeURIComponent("<b>Send money</b>");
    for (const path of ["/", "/posts/react-hooks"]) {
      for (const query of [
        `error=${lie}&field=${lie}&held=${lie}`,
        "error=constructor",
        "error=__proto__",
        `held=${lie}`,
      ]) {
        const html = textOf((await get(`${path}?${query}`)).text);
        expect(html).not.toContain("Send money");
        expect(html).not.toContain('class="notice');
      }
      const html = textOf((await get(`${path}?error=internal_error&field=${lie}`)).text);
      expect(html).toMatch(
        /role="alert">.*(?:Internal server error\.|That did not work \(\u2068internal_error\u2069\)\.)/,
      );
      expect(html).not.toContain("Send money");
    }
  });

  it("takes in each field exactly as much as the API does", async () => {
    const { text } = await get("/posts/react-hooks");
    const lengthOf = (name: string) => Number(/ maxLength="(\d+)"/i.exec(tagOf(text, name))?.[1]);
    const fill = { comment: ["", "c"], author: ["", "n"], website: ["https://a.example/", "w"] };
    for (const [name, [start = "", letter = ""]] of Object.entries(fill)) {
      const most = start.padEnd(lengthOf(name), letter);
      const send = async (value: string) =>
        (await asForm({ post: "a-page-elsewhere", comment: "x", [name]: value })).headers.location;
      expect(await send(most)).toContain("#comment-");
      expect(await send(`${most}x`)).toContain(`field=${name}`);
    }
    expect(lengthOf("email")).toBe(254);
  });
});

describe("what people wrote", () => {
  it("is escaped wherever it stands", async () => {
    const script = '<script>alert(1)</script><img src=x onerror="alert(1)">';
    await comment({
      comment: `${script} [x](javascript:alert(1)) </script>`,
      author: "</script><b onclick=x>",
      website: 'https://a.example/?"onmouseover="x',
    });
    for (const path of ["/posts/react-hooks", "/threads/react-hooks", "/threads/1?format=fragment"]) {
      const { text } = await get(path);
      expect(text).toContain("alert(1)");
      expect(text).not.toMatch(/<script>alert|<img src=x|<b onclick|"onmouseover|href="javascript:/i);
      // Only the element, and what search engines read.
      const scripts = text.match(/<script\b[^>]*>/g) ?? [];
      expect(scripts).toHaveLength(path.startsWith("/posts") ? 2 : path.includes("?") ? 0 : 1);
      for (const tag of scripts) expect(tag).toMatch(/ src="\/embed\.js"| type="application\/ld\+json"/);
      expect(text.match(/<\/script>/g) ?? []).toHaveLength(scripts.length);
    }
  });

  it("appears without e-mail, address, token or the reason for which it waits", async () => {
    const post = "http://localhost:9999/secrets";
    await comment({ post, comment: "Keep my secret", email: "secret@hidden.example" });
    const data = /\/_next\/static\/([^/"]+)\/_buildManifest/.exec((await get("/login")).text)?.[1];
    const paths = ["/posts/secrets", "/threads/secrets", "/threads/secrets?format=fragment"];
    const pages = ["posts", "threads"].map((name) => `/_next/data/${data}/${name}/secrets.json?id=secrets`);
    for (const path of [...paths, ...pages, `/_next/data/${data}/index.json`]) {
      const { status, text } = await get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain(path.endsWith("index.json") ? "localhost:9999/secrets" : "Keep my secret");
      for (const secret of ["hidden.example", "127.0.0.0/24", "editToken", server.adminToken, '"held":[']) {
        expect(text).not.toContain(secret);
      }
      expect(text).not.toMatch(/edit_[\w-]{43}/);
    }
  });

  it("in a website's name has a link that search engines don't count", async () => {
    await comment({ comment: "Mine", author: "Web", website: "https://mine.example/" });
    expect((await get("/posts/react-hooks")).text).toContain(
      '<a href="https://mine.example/" rel="nofollow ugc noopener">',
    );
  });
});

describe("what search engines read", () => {
  const dataOf = (text: string) =>
    /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)?.[1] ?? "";

  it("of a post is who wrote what and when, with its comments, their votes and what they answer", async () => {
    const own = await startServer({ SEED: "on", MODERATION: "open", PUBLIC_URL: "https://c.example" });
    const post = async (body: object): Promise<number> =>
      (await request(own.url).post("/api/comments/1").send(body)).body.id;
    const id = await post({ comment: "I *agree*", author: "Ada", website: "https://ada.example" });
    const reply = await post({ comment: "So do I", author: "Grace", parent: id });
    await request(own.url).put(`/api/comments/1/3/vote`).send({ value: 1 });
    const gone = await post({ comment: "Soon gone" });
    await post({ comment: "Stays", parent: gone });
    const bearer = `Bearer ${own.adminToken}`;
    await request(own.url).delete(`/api/comments/1/${gone}`).set("Authorization", bearer);
    const data = JSON.parse(dataOf((await request(own.url).get("/posts/1")).text));
    const address = "https://c.example/posts/react-hooks";
    expect(data).toMatchObject({
      "@context": "https://schema.org",
      "@type": "BlogPosting",
      "@id": address,
      url: address,
      headline: "React Hooks",
      author: { "@type": "Person", name: "Jane" },
      articleBody: expect.stringMatching(/^Hooks let a function component keep state/),
      datePublished: expect.stringMatching(/^\d{4}-.*Z$/),
      interactionStatistic: { interactionType: "https://schema.org/CommentAction", userInteractionCount: 8 },
      commentCount: 8,
    });
    const byId = new Map(data.comment.map((one: { "@id": string }) => [one["@id"], one]));
    expect(byId.get(`${address}#comment-${id}`)).toMatchObject({
      "@type": "Comment",
      text: "I agree",
      author: { name: "Ada", url: "https://ada.example/" },
      datePublished: expect.any(String),
    });
    expect(byId.get(`${address}#comment-${reply}`)).toMatchObject({
      parentItem: { "@id": `${address}#comment-${id}` },
    });
    expect(byId.get(`${address}#comment-3`)).toMatchObject({
      interactionStatistic: [{ userInteractionCount: 1 }, { userInteractionCount: 0 }],
    });
    expect(byId.has(`${address}#comment-${gone}`)).toBe(false);

    const page = "http://localhost:8080/elsewhere";
    const elsewhere = (await request(own.url).post("/api/comments").send({ post: page, comment: "Hi" })).body
      .post;
    expect(JSON.parse(dataOf((await request(own.url).get(`/posts/${elsewhere}`)).text))).toMatchObject({
      "@type": "DiscussionForumPosting",
      url: page,
      comment: [{ text: "Hi" }],
    });
  });

  it("can be ended by nothing that somebody wrote", async () => {
    const hostile = "</script><script>alert(1)</script><!--<script> \u2028 ]]> &lt;/script&gt;";
    await comment({
      post: "http://localhost:9999/hostile",
      comment: `\`${hostile}\``,
      author: "</script><!--",
    });
    const { text } = await get("/posts/hostile");
    const data = dataOf(text);
    expect(data).not.toMatch(/[<>&\u2028]/);
    const [first] = JSON.parse(data).comment;
    expect(first.author.name).toBe("</script><!--");
    expect(first.text).toContain("</script><script>alert(1)</script><!--");
  });
});

describe("every page", () => {
  const paths = ["/", "/posts/react-hooks", "/docs", "/docs/problems", "/nowhere"];

  it.each(paths)("%s loads only its own files and has nothing inline", async (path) => {
    const { headers, text } = await get(path);
    expect(headers["content-security-policy"]).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self';",
    );
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(text).not.toMatch(/ style=|<style|https?:\/\/[^"]*\.(js|css|woff2?)"/);
    expect(text).toContain('<html lang="en" dir="ltr">');
    expect(text.match(/<h1[ >]/g)).toHaveLength(1);
    expect(text).toContain('<main id="main"');
  });

  it.each(paths.slice(0, 4))("%s may be kept by anybody who asks again", async (path) => {
    const { headers } = await get(path);
    expect(headers["cache-control"]).toBe("public, max-age=0, must-revalidate");
    expect((await get(path).set("If-None-Match", headers.etag ?? "")).status).toBe(304);
  });

  it("that is not there is 404, as HTML", async () => {
    for (const path of [
      "/nowhere",
      "/docs/nothing",
      "/docs/../package.json",
      "/docs/..%2fpackage",
      "/posts/nothing",
    ]) {
      const { status, text } = await get(path);
      expect([path, status]).toEqual([path, 404]);
      expect(text).toContain("Nothing is here");
    }
  });

  it("/docs/problems has the anchor that an error's type names", async () => {
    const { body } = await get("/api/comments?limit=0");
    const [page = "", anchor] = body.type.split("#");
    expect((await get(page)).text).toContain(`<h2 id="${anchor}">`);
  });
});

it("a fault inside is a page that tells nothing of it, and other pages go on", async () => {
  const broken = await startServer({ SEED: "on" });
  const db = new Database(broken.databaseFile);
  db.exec("ALTER TABLE posts RENAME TO gone");
  db.close();
  for (const path of ["/", "/posts/react-hooks"]) {
    const { status, text, headers } = await request(broken.url).get(path);
    expect([path, status]).toEqual([path, 500]);
    expect(text).toContain("Something went wrong");
    expect(text).not.toMatch(/no such table|SqliteError|at \w+ \(/);
    expect(headers["cache-control"]).toContain("no-store");
    expect(headers["content-security-policy"]).toContain("script-src 'self';");
  }
  expect((await request(broken.url).get("/docs/problems")).status).toBe(200);
});

it("behaviour 7: what browsers load has no server code, no setting and no secret in it", () => {
  const folder = join(__dirname, "..", "..", ".next", "static");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(js|css|json|map)$/.test(name),
  );
  expect(files.length).toBeGreaterThan(5);
  const text = files.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  const forbidden =
    /better-sqlite3|ADMIN_TOKEN|DATABASE_URL|TRUST_PROXY|SELECT [\w.]+,|INSERT INTO|PRAGMA|node:(fs|crypto|http)|sanitize-html|markdown-it|createHmac|antiphon_\$/;
  expect(forbidden.exec(text)?.[0]).toBeUndefined();
});
