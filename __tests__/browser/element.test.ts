import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { client } from "@/__tests__/support/client";
import { type Server, startServer } from "@/__tests__/support/server";
import { type Site, shown, startSite, type Visit } from "@/__tests__/support/site";
import { until } from "@/__tests__/support/until";

/*
 * The element on a site of another origin that has a strict policy, in a browser that blocks third-party cookies.
 */
let server: Server;
let site: Site;
const { post } = client(() => server);

beforeAll(async () => {
  site = await startSite(() => server);
  server = await startServer({ SEED: "on", MODERATION: "open", ALLOWED_ORIGINS: site.url });
  for (const path of ["/one", "/two"])
    await post("/api/comments", { post: site.url + path, comment: `Written on ${path}` }).expect(201);
});

const expectClean = ({ errors, strangers, cookies }: Visit) =>
  expect({ errors, strangers, cookies }).toEqual({ errors: [], strangers: [], cookies: [] });
const heading = (page: Page, within = "antiphon-comments") =>
  page.locator(`${within} h2`).first().textContent();

describe("which thread it shows", () => {
  it.each(["1", "react-hooks"])("that of the post %s", async (name) => {
    site.put("/post", `<antiphon-comments post="${name}"></antiphon-comments>`);
    const visit = await site.open("/post");
    await shown(visit.page);
    await visit.page.getByRole("article").getByText("First", { exact: true }).waitFor();
    expectClean(visit);
  });

  it.each([
    ["its address as post", (url: string) => [`<antiphon-comments post="${url}/one"></antiphon-comments>`]],
    ["its address as url", (url: string) => [`<antiphon-comments url="${url}/one"></antiphon-comments>`]],
    ["a relative address", () => ['<antiphon-comments url="/one"></antiphon-comments>']],
    [
      "the canonical link",
      () => ["<antiphon-comments></antiphon-comments>", '<link rel="canonical" href="/one">'],
    ],
  ])("that of a page, by %s", async (_, make) => {
    const [body = "", head = ""] = make(site.url);
    site.put("/elsewhere", { body, head });
    const visit = await site.open("/elsewhere");
    await visit.page.getByText("Written on /one").waitFor();
    expectClean(visit);
  });

  it("that of the page's own address, without its fragment; its first comment makes the thread", async () => {
    site.put("/fresh", "<antiphon-comments></antiphon-comments>");
    const visit = await site.open("/fresh#more");
    const { page } = visit;
    await shown(page);
    expect(await heading(page)).toBe("No comments yet");
    await page.getByLabel("Comment", { exact: true }).fill("The first one");
    await page.getByRole("button", { name: "Send the comment" }).click();
    await page.getByRole("article").getByText("The first one").waitFor();
    expect(await heading(page)).toBe("1 comment");
    await page.reload();
    await page.getByRole("article").getByText("The first one").waitFor();
    expectClean(visit);
  });

  it("none where the server doesn't know the site: the setting is named, in the page's language", async () => {
    const stranger = await startSite(() => server, "stranger.example");
    for (const [lang, words] of [
      ["en", "Its owner adds"],
      ["de", "ALLOWED_ORIGINS"],
    ]) {
      stranger.put("/", { body: "<antiphon-comments></antiphon-comments>", lang });
      const { page } = await stranger.open("/");
      const alert = page.getByRole("alert").filter({ hasText: words });
      await alert.waitFor();
      expect(await alert.textContent()).toContain(stranger.url);
      expect(await alert.textContent()).toContain("ALLOWED_ORIGINS");
    }
  });

  it("one to be read only where the server doesn't know the site: who begins to write is told the setting", async () => {
    const stranger = await startSite(() => server, "stranger.example");
    stranger.put("/", '<antiphon-comments post="react-hooks"></antiphon-comments>');
    const { page } = await stranger.open("/");
    await page.getByLabel("Comment", { exact: true }).fill("Not to be lost");
    const alert = page.getByRole("alert").filter({ hasText: "ALLOWED_ORIGINS" });
    await alert.waitFor();
    expect(await alert.textContent()).toContain(stranger.url);
    expect(await page.getByLabel("Comment", { exact: true }).inputValue()).toBe("Not to be lost");
  });

  it("several on one page are each their own", async () => {
    site.put(
      "/several",
      `<antiphon-comments id="a" url="/one"></antiphon-comments><antiphon-comments id="b" url="/two"></antiphon-comments>`,
    );
    const visit = await site.open("/several");
    const { page } = visit;
    await page.locator("#b").getByText("Written on /two").waitFor();
    await page.locator("#a").getByText("Written on /one").waitFor();
    await page.locator("#b").getByLabel("Comment", { exact: true }).fill("Only on the second");
    await page.locator("#b").getByRole("button", { name: "Send the comment" }).click();
    await page.locator("#b").getByRole("article").getByText("Only on the second").waitFor();
    expect(await page.locator("#a").getByText("Only on the second").count()).toBe(0);
    expectClean(visit);
  });
});

describe("what changes", () => {
  it("attributes: another post, another order, another language", async () => {
    site.put("/attributes", '<antiphon-comments url="/one"></antiphon-comments>');
    const visit = await site.open("/attributes");
    const { page } = visit;
    await page.getByText("Written on /one").waitFor();
    const set = (name: string, value: string) =>
      page.evaluate(
        ([name = "", value = ""]) => document.querySelector("antiphon-comments")?.setAttribute(name, value),
        [name, value],
      );
    await set("url", "/two");
    await page.getByText("Written on /two").waitFor();
    expect(await page.getByText("Written on /one").count()).toBe(0);
    await set("post", "1");
    await page.getByRole("article").getByText("First", { exact: true }).waitFor();
    await set("sort", "newest");
    await page.locator("section[data-sort=newest]").waitFor();
    await set("lang", "de");
    await page.locator("section[lang=de]").waitFor();
    await page.getByRole("button", { name: "Kommentar" }).first().waitFor();
    expectClean(visit);
  });

  it("moved within the page it goes on, with what was typed; taken out and put back it begins anew", async () => {
    site.put("/moved", '<main><antiphon-comments url="/one"></antiphon-comments></main><aside></aside>');
    const { page, errors } = await site.open("/moved");
    await shown(page);
    await page.getByLabel("Comment", { exact: true }).fill("Half a thought");
    await page
      .locator("antiphon-comments section")
      .first()
      .evaluate((node) => node.classList.add("same"));
    await page.evaluate(() =>
      document.querySelector("aside")?.append(...document.querySelectorAll("antiphon-comments")),
    );
    expect(await page.locator("aside section.same").count()).toBe(1);
    expect(await page.getByLabel("Comment", { exact: true }).inputValue()).toBe("Half a thought");
    await page.evaluate(async () => {
      const element = document.querySelector("antiphon-comments");
      element?.remove();
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (element) document.querySelector("main")?.append(element);
    });
    await page.locator("main section:not(.same)[data-texts]").waitFor();
    expect(await page.getByLabel("Comment", { exact: true }).inputValue()).toBe("Half a thought");
    let sent = 0;
    page.on("request", (request) => {
      if (request.method() === "POST" && request.url().endsWith("/api/comments")) sent++;
    });
    await page.getByRole("button", { name: "Send the comment" }).click();
    await page.getByRole("article").getByText("Half a thought").waitFor();
    expect([sent, errors]).toEqual([1, []]);
  });

  it("the page, without being loaded anew: by its address, or by its canonical link alone", async () => {
    site.put("/one", { body: "<antiphon-comments></antiphon-comments>" });
    const visit = await site.open("/one");
    const { page } = visit;
    await page.getByText("Written on /one").waitFor();
    await page.evaluate(() => history.pushState(null, "", "/two"));
    await page.getByText("Written on /two").waitFor();
    await page.goBack();
    await page.getByText("Written on /one").waitFor();
    await page.evaluate(() => {
      const link = document.createElement("link");
      link.rel = "canonical";
      link.href = "/two";
      document.head.append(link);
    });
    await page.getByText("Written on /two").waitFor();
    await page.evaluate(() => history.pushState(null, "", "/three"));
    await page.evaluate(() => document.querySelector("link")?.setAttribute("href", "/one"));
    await page.getByText("Written on /one").waitFor();
    expectClean(visit);
  });
});

describe("the language", () => {
  it.each([
    ["its own attribute", 'lang="fr"', "de", "es", "fr"],
    ["the page", "", "de-AT", "es", "de"],
    ["the browser, where the page says none", "", "", "es-MX", "es"],
    ["English, where there is no other", "", "tlh", "en", "en"],
    ["from right to left", 'lang="ar"', "en", "en", "ar"],
  ])("is that of %s", async (_, attribute, lang, locale, expected) => {
    site.put("/language", { body: `<antiphon-comments post="1" ${attribute}></antiphon-comments>`, lang });
    const { page, errors } = await site.open("/language", { locale });
    await page.locator(`section[lang=${expected}]`).waitFor();
    const direction = expected === "ar" ? "rtl" : "ltr";
    expect(await page.locator("section.antiphon").evaluate((one) => getComputedStyle(one).direction)).toBe(
      direction,
    );
    expect(errors).toEqual([]);
  });
});

describe("the look", () => {
  const style = (page: Page, selector: string, name: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), name);

  it("follows the page's font, size and colour, and stands on a dark ground where the text is light", async () => {
    site.put(
      "/site.css",
      "body { font: 21px Georgia; color: rgb(1, 2, 3) } .night { background: black; color: rgb(240, 240, 230) }",
    );
    site.put("/look", {
      body: '<antiphon-comments post="1"></antiphon-comments>',
      head: '<link rel="stylesheet" href="/site.css">',
    });
    const visit = await site.open("/look");
    const { page } = visit;
    await shown(page);
    expect(await style(page, ".prose", "font-family")).toBe("Georgia");
    expect(await style(page, ".prose", "font-size")).toBe("21px");
    expect(await style(page, "textarea", "font-family")).toBe("Georgia");
    expect(await style(page, ".prose", "color")).toBe("rgb(1, 2, 3)");
    const ground = () => style(page, "textarea", "background-color");
    const light = await ground();
    // As a page does that has a switch of its own.
    await page.evaluate(() => document.body.classList.add("night"));
    await until(async () => (await ground()) !== light);
    const dark = await ground();
    expect(await style(page, ".prose", "color")).toBe("rgb(240, 240, 230)");
    await page.evaluate(() => document.querySelector("antiphon-comments")?.setAttribute("theme", "light"));
    await until(async () => (await ground()) === light);
    expect(await style(page, ".prose", "color")).not.toBe("rgb(240, 240, 230)");
    await page.evaluate(() => {
      document.body.classList.remove("night");
      document.querySelector("antiphon-comments")?.setAttribute("theme", "dark");
    });
    await until(async () => (await ground()) === dark);
    expectClean(visit);
  });

  it("is changed by custom properties and parts, and by nothing else of the page", async () => {
    site.put(
      "/site.css",
      `antiphon-comments { --antiphon-accent: rgb(9, 8, 7) }
       antiphon-comments::part(author) { font-variant: small-caps }
       p, textarea, .comment { color: red !important; display: none }`,
    );
    site.put("/styled", {
      body: '<antiphon-comments post="1"></antiphon-comments>',
      head: '<link rel="stylesheet" href="/site.css">',
    });
    const visit = await site.open("/styled");
    await shown(visit.page);
    expect(await style(visit.page, "[data-act=reply]", "color")).toBe("rgb(9, 8, 7)");
    expect(await style(visit.page, "[part=author]", "font-variant")).toBe("small-caps");
    expect(await visit.page.getByLabel("Comment", { exact: true }).isVisible()).toBe(true);
    expectClean(visit);
  });
});

describe("strict pages", () => {
  it("one that requires Trusted Types allows the policy antiphon, and all of it works", async () => {
    site.put("/trusted", {
      body: '<antiphon-comments url="/one"></antiphon-comments>',
      policy: `default-src 'none'; script-src ${server.url}; connect-src ${server.url}; img-src ${server.url};
        require-trusted-types-for 'script'; trusted-types antiphon`.replace(/\s+/g, " "),
    });
    const visit = await site.open("/trusted");
    const { page } = visit;
    await page.getByText("Written on /one").waitFor();
    await page.getByLabel("Comment", { exact: true }).fill("*Trusted*");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.locator(".preview em").waitFor();
    await page.getByRole("button", { name: "Send the comment" }).click();
    await page.getByRole("article").locator("em", { hasText: "Trusted" }).waitFor();
    expectClean(visit);
  });

  it("the script may come twice, and the session's cookie of the server is never sent", async () => {
    const { body } = await post("/api/stamp").expect(405);
    expect(body.code).toBeTruthy();
    site.put("/twice", {
      body: '<antiphon-comments post="1"></antiphon-comments>',
      head: `<script async src="${server.url}/embed.js?again"></script>`,
    });
    const visit = await site.open("/twice");
    await visit.page
      .context()
      .addCookies([{ name: "mark", value: "1", url: server.url, sameSite: "None", secure: true }]);
    await shown(visit.page);
    await visit.page.reload();
    await shown(visit.page);
    expect(await visit.page.locator("section.antiphon").count()).toBe(1);
    expectClean(visit);
  });
});

describe("while it loads, and where it can't", () => {
  it("shows that it is on its way, then that it failed, and tries again on demand", async () => {
    site.put("/slow", '<antiphon-comments post="1"></antiphon-comments>');
    const { page } = await site.open("/");
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/threads/1?*", async (route) => {
      await held;
      await route.abort();
    });
    await page.goto("/slow");
    await page.locator("section[aria-busy=true]").waitFor();
    await page.locator(".line").first().waitFor();
    release();
    await page.getByRole("alert").getByText("can’t be loaded").waitFor();
    expect(await page.locator("antiphon-comments [aria-busy]").count()).toBe(0);
    expect(await page.locator(".antiphon button").evaluate((one) => getComputedStyle(one).cursor)).toBe(
      "pointer",
    );
    await page.unroute("**/threads/1?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await shown(page);
  });

  it("works without the style sheet, and with no such post says so", async () => {
    site.put("/bare", '<antiphon-comments post="1"></antiphon-comments>');
    site.put("/nowhere", '<antiphon-comments post="99999"></antiphon-comments>');
    const { page } = await site.open("/");
    await page.route("**/embed.css", (route) => route.abort());
    await page.goto("/bare");
    await shown(page);
    await page.goto("/nowhere");
    await page.getByRole("alert").getByText("no such page").waitFor();
  });
});
