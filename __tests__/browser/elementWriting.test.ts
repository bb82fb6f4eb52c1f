import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page, Route } from "playwright-core";
import { client } from "@/__tests__/support/client";
import { focused } from "@/__tests__/support/focused";
import { startMailServer } from "@/__tests__/support/mailServer";
import { startMailing } from "@/__tests__/support/replies";
import { type Server, startServer } from "@/__tests__/support/server";
import { type Site, shown, startSite } from "@/__tests__/support/site";
import { until } from "@/__tests__/support/until";

/*
 * Somebody writes in the element, on a site of another origin.
 */
let server: Server;
let site: Site;
const { get, post, admin } = client(() => server);

beforeAll(async () => {
  site = await startSite(() => server);
  server = await startServer({ MODERATION: "open", ALLOWED_ORIGINS: site.url });
});

const text = (page: Page) => page.getByLabel("Comment", { exact: true });
const send = (page: Page, name = "Send the comment") => page.getByRole("button", { name }).click();
const article = (page: Page, words: string) => page.getByRole("article").filter({ hasText: words });
let pages = 0;

/** Opens a page with a thread of its own, which begins with these comments. */
async function open(comments: string[] = []) {
  const path = `/page-${pages++}`;
  const ids: number[] = [];
  for (const comment of comments) {
    const { body } = await post("/api/comments", { post: site.url + path, comment, author: "Ann" }).expect(
      201,
    );
    ids.push(body.id);
  }
  site.put(path, "<antiphon-comments></antiphon-comments>");
  const visit = await site.open(path);
  await shown(visit.page);
  const texts = async () => {
    const { body } = await get(`/api/comments/by-url?url=${encodeURIComponent(site.url + path)}`);
    return body.comments.map(({ comment }: { comment: string }) => comment);
  };
  return { ...visit, url: site.url + path, ids, texts };
}

/** Opens a page without comments, of a site and a server of their own, with these settings. */
async function openWith(env: Record<string, string>) {
  let own: Server | undefined;
  const there = await startSite(() => own ?? server);
  own = await startServer({ MODERATION: "open", ALLOWED_ORIGINS: there.url, ...env });
  there.put("/", "<antiphon-comments></antiphon-comments>");
  return there.open("/");
}

describe("a comment", () => {
  it("appears with the focus on it, the form is empty again, and knows who wrote", async () => {
    const { page, errors, texts } = await open(["Before"]);
    await text(page).fill("Here **at once**");
    await page.getByLabel("Name").fill("Jo");
    await page.getByLabel("Website").fill("https://jo.example/");
    await send(page);
    await page.getByRole("article").locator("strong", { hasText: "at once" }).waitFor();
    await until(async () => (await focused(page)).text.includes("at once"));
    expect(await page.locator("h2").textContent()).toBe("2 comments");
    expect(await text(page).inputValue()).toBe("");
    expect(
      await article(page, "at once").getByRole("link", { name: "Jo", exact: true }).getAttribute("href"),
    ).toBe("https://jo.example/");
    await page.reload();
    expect(await page.getByLabel("Name").inputValue()).toBe("Jo");
    expect(await page.getByLabel("Website").inputValue()).toBe("https://jo.example/");
    expect(await texts()).toEqual(["Before", "Here **at once**"]);
    expect(errors).toEqual([]);
  });

  it("is previewed as it will look; typing takes the preview away", async () => {
    const { page, errors } = await open();
    await text(page).fill("*Soft* <script>alert(1)</script>");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.locator(".preview em", { hasText: "Soft" }).waitFor();
    expect(await page.locator(".preview script").count()).toBe(0);
    await text(page).fill("Other");
    expect(await page.locator(".preview").textContent()).toBe("");
    expect(errors).toEqual([]);
  });

  it("is kept as a draft over a reload, with whom it answers, and forgotten once it is sent", async () => {
    const { page, texts } = await open(["Question"]);
    await page.getByRole("link", { name: "Reply" }).click();
    await text(page).fill("Half an answer");
    await page.getByLabel("Name").fill("Jo");
    await page.reload();
    await page.getByRole("status").getByText("your draft").waitFor();
    expect(await text(page).inputValue()).toBe("Half an answer");
    expect(await page.getByLabel("Name").inputValue()).toBe("Jo");
    await page.getByRole("heading", { name: /^Reply to .?Ann/ }).waitFor();
    await send(page, "Send the reply");
    await page.locator("li li").filter({ hasText: "Half an answer" }).waitFor();
    await page.reload();
    await shown(page);
    expect(await text(page).inputValue()).toBe("");
    expect(await texts()).toEqual(["Question", "Half an answer"]);
  });

  it("is sent once, however often the button is pressed", async () => {
    const { page, texts } = await open();
    const route = await holdBack(page, "**/api/comments");
    await text(page).fill("Only once");
    await send(page);
    await page.getByRole("status").getByText("Sending").waitFor();
    await send(page);
    await text(page).press("Control+Enter");
    route.release();
    await article(page, "Only once").waitFor();
    expect(route.count()).toBe(1);
    expect(await texts()).toEqual(["Only once"]);
  });

  it("is made once where its answer was lost: the element asks again", async () => {
    const { page, texts } = await open();
    let calls = 0;
    await page.route("**/api/comments", async (route: Route) => {
      const response = await route.fetch();
      if (++calls <= 2) await route.abort();
      else await route.fulfill({ response });
    });
    await text(page).fill("Through thick and thin");
    await send(page);
    await page.getByRole("status").getByText("Trying again").waitFor();
    await article(page, "Through thick and thin").waitFor();
    expect([calls, await texts()]).toEqual([3, ["Through thick and thin"]]);
  });

  it("is made once where its answer was lost and the page was left", async () => {
    const { page, texts } = await open(["Question"]);
    await page.route("**/api/comments", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole("link", { name: "Reply" }).click();
    await text(page).fill("Was it sent?");
    await page.getByLabel("Name").fill("Jo");
    await send(page, "Send the reply");
    await page.getByRole("status").getByText("Trying again").waitFor();
    await page.unroute("**/api/comments");
    await page.reload();
    await page.getByRole("status").getByText("your draft").waitFor();
    await send(page, "Send the reply");
    await until(async () => (await focused(page)).text.includes("Was it sent?"));
    expect(await texts()).toEqual(["Question", "Was it sent?"]);
  });

  it("waits while the browser is offline, and goes on by itself", async () => {
    const { page, texts } = await open();
    await text(page).fill("From the train");
    await page.context().setOffline(true);
    await send(page);
    await page.getByRole("status").getByText("You are offline").waitFor();
    expect(await text(page).inputValue()).toBe("From the train");
    await page.context().setOffline(false);
    await article(page, "From the train").waitFor();
    expect(await texts()).toEqual(["From the train"]);
  });

  it("that is refused stays, and what is wrong is said at its field", async () => {
    const { page, texts } = await open();
    await text(page).fill("Keep me");
    await page.getByLabel("Website").fill("ftp://files.example/");
    await send(page);
    await page.getByRole("alert").getByText("must begin with http").waitFor();
    const website = page.getByLabel("Website");
    expect(await website.getAttribute("aria-invalid")).toBe("true");
    expect(
      await page.locator(`[id="${await website.getAttribute("aria-describedby")}"]`).textContent(),
    ).toContain("must begin with http");
    expect((await focused(page)).name).toBe("website");
    await website.fill("");
    await send(page);
    await article(page, "Keep me").waitFor();
    expect(await page.locator("[aria-invalid], .notice").count()).toBe(0);
    expect(await texts()).toEqual(["Keep me"]);
  });
});

describe("a reply", () => {
  it("is written below what it answers; taken back, the form goes back with its text", async () => {
    const { page } = await open(["One", "Two"]);
    await text(page).fill("Not lost");
    await article(page, "One").getByRole("link", { name: "Reply" }).click();
    await page.getByRole("heading", { name: /^Reply to .?Ann/ }).waitFor();
    expect(await page.locator("li", { hasText: "One" }).locator("textarea").inputValue()).toBe("Not lost");
    expect((await focused(page)).name).toBe("comment");
    await article(page, "Two").getByRole("link", { name: "Reply" }).click();
    expect(await page.locator("li", { hasText: "Two" }).locator("textarea").inputValue()).toBe("Not lost");
    await page.getByRole("link", { name: "Cancel" }).click();
    expect(await page.locator("li textarea").count()).toBe(0);
    expect(await text(page).inputValue()).toBe("Not lost");
    expect((await focused(page)).text).toContain("Reply");
  });

  it("goes on where the comment that it answers vanishes: the text is kept, and that it is gone is said", async () => {
    const { page, ids, url } = await open(["Mistaken", "Other"]);
    await article(page, "Mistaken").getByRole("link", { name: "Reply" }).click();
    await text(page).fill("But why?");
    const [id] = ids;
    const { body } = await get(`/api/comments/by-url?url=${encodeURIComponent(url)}`);
    await client(() => server)
      .delete(`/api/comments/${body.post}/${id}`)
      .set(...admin())
      .expect(200);
    await article(page, "Mistaken").waitFor({ state: "detached" });
    await send(page, "Send the reply");
    await page
      .getByRole("alert")
      .getByText(/not here|deleted/)
      .waitFor();
    expect(await text(page).inputValue()).toBe("But why?");
    await page.getByRole("link", { name: "Cancel" }).click();
    await send(page);
    await article(page, "But why?").waitFor();
  });
});

describe("one's own comment", () => {
  it("is changed in place, with the time that is left, and keeps its text where that is refused", async () => {
    const { page, texts } = await open(["Other"]);
    await text(page).fill("With a tpyo");
    await send(page);
    await article(page, "tpyo")
      .getByText(/1[45]:\d\d.? left/)
      .waitFor();
    expect(await article(page, "Other").getByRole("link", { name: "Edit" }).count()).toBe(0);
    await article(page, "tpyo").getByRole("link", { name: "Edit" }).click();
    const form = page.getByRole("region", { name: "Edit your comment" });
    const field = form.getByLabel("Comment", { exact: true });
    expect(await field.inputValue()).toBe("With a tpyo");
    await field.fill("\u00a0");
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByRole("alert").getByText("blank").waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await field.fill("With a *typo*");
    await form.getByRole("button", { name: "Preview" }).click();
    await form.locator(".preview em").waitFor();
    await form.getByRole("button", { name: "Save" }).click();
    await article(page, "With a typo").getByText("edited").waitFor();
    await page.getByRole("status").getByText("Your change is saved").waitFor();
    expect(await form.count()).toBe(0);
    expect(await texts()).toEqual(["Other", "With a *typo*"]);
    await page.reload();
    await article(page, "With a typo").getByRole("link", { name: "Edit" }).waitFor();
  });

  it("is deleted once that is asked; where it was answered, its place remains", async () => {
    const { page, texts, url } = await open();
    await text(page).fill("Answered");
    await send(page);
    await article(page, "Answered").waitFor();
    const { body } = await get(`/api/comments/by-url?url=${encodeURIComponent(url)}`);
    await post("/api/comments", { post: body.post, parent: body.comments[0].id, comment: "Answer" }).expect(
      201,
    );
    await page.reload();
    await text(page).fill("Alone");
    await send(page);
    await article(page, "Alone").waitFor();
    for (const words of ["Answered", "Alone"]) {
      await article(page, words).getByRole("link", { name: "Edit" }).click();
      await page.getByText("Delete", { exact: true }).click();
      await page.getByText("for good").waitFor();
      await page.getByRole("button", { name: "Yes, delete it" }).click();
      await article(page, words).waitFor({ state: "detached" });
    }
    await article(page, "This comment was deleted").waitFor();
    await article(page, "Answer").waitFor();
    expect(await page.getByRole("article").count()).toBe(2);
    await page.locator("h2", { hasText: "1 comment" }).waitFor();
    expect(await texts()).toEqual(["", "Answer"]);
  });

  it("can't be changed once the time is over: the way to it goes by itself", async () => {
    const { page } = await openWith({ EDIT_WINDOW: "4s" });
    await text(page).fill("Be quick");
    await send(page);
    await article(page, "Be quick")
      .getByText(/0:0\d.? left/)
      .waitFor();
    expect(await article(page, "Be quick").getByRole("button", { name: "Vote" }).count()).toBe(0);
    await article(page, "Be quick").getByRole("link", { name: "Edit" }).waitFor({ state: "detached" });
    await article(page, "Be quick").getByRole("link", { name: "Report" }).waitFor();
  });

  it("can't be voted for, or reported", async () => {
    const { page } = await open();
    await text(page).fill("Mine");
    await send(page);
    await article(page, "Mine").getByRole("link", { name: "Edit" }).waitFor();
    expect(await article(page, "Mine").getByRole("button").count()).toBe(0);
    expect(await article(page, "Mine").getByRole("link", { name: "Report" }).count()).toBe(0);
  });
});

describe("others' comments", () => {
  it("are voted for and against, which is known after a reload and can be taken back", async () => {
    const { page, errors, url } = await open();
    await post("/api/comments", { post: url, comment: "Worth it" })
      .set(...admin())
      .expect(201);
    await page.reload();
    const up = page.getByRole("button", { name: "Vote for the comment by" });
    const down = page.getByRole("button", { name: "Vote against the comment by" });
    const state = async () => [
      [await up.getAttribute("aria-pressed"), (await up.textContent())?.replace(/\D/g, "")],
      [await down.getAttribute("aria-pressed"), (await down.textContent())?.replace(/\D/g, "")],
    ];
    const expectState = async (...wanted: (string | undefined)[][]) =>
      until(async () => JSON.stringify(await state()) === JSON.stringify(wanted));
    await expectState(["false", ""], ["false", ""]);
    await up.click();
    await expectState(["true", "1"], ["false", ""]);
    expect((await focused(page)).text).toContain("Vote for");
    await page.reload();
    await shown(page);
    await expectState(["true", "1"], ["false", ""]);
    await down.click();
    await expectState(["false", ""], ["true", "1"]);
    await down.click();
    await expectState(["false", ""], ["false", ""]);
    expect(errors).toEqual([]);
  });

  it("are not voted for where they were written from the same place, which is said", async () => {
    const { page } = await open(["Mine, without the proof"]);
    await page.getByRole("button", { name: "Vote for the comment by" }).click();
    await page.getByRole("status").getByText("vote on your own comment").waitFor();
  });

  it("are reported", async () => {
    const { page, ids, url } = await open(["Buy now"]);
    await page.getByRole("link", { name: "Report" }).click();
    const form = page.getByRole("region", { name: "Report the comment by" });
    await form.getByLabel("It is advertising").check();
    await form.getByLabel("What should the moderators know?").fill("Look at it");
    await form.getByRole("button", { name: "Send the report" }).click();
    await page.getByRole("status").getByText("A moderator will look").waitFor();
    expect(await form.count()).toBe(0);
    expect((await focused(page)).text).toContain("Buy now");
    const { body } = await get(`/api/comments/by-url?url=${encodeURIComponent(url)}`);
    const { body: reported } = await get(`/api/comments/${body.post}/${ids[0]}`)
      .set(...admin())
      .expect(200);
    expect(reported.reports).toMatchObject({ count: 1, reasons: { spam: 1 }, notes: ["Look at it"] });
  });
});

describe("what the server does not take", () => {
  it("one that waits for a moderator is said to wait, and is not shown", async () => {
    const { page } = await openWith({ MODERATION: "all" });
    await text(page).fill("May I?");
    await send(page);
    await page.getByRole("status").getByText("waits for a moderator").waitFor();
    expect(await page.getByRole("article").count()).toBe(0);
    expect(await text(page).inputValue()).toBe("");
  });

  it("too many at once are told to wait, in seconds, and lose nothing", async () => {
    const { page } = await openWith({ RATE_LIMIT: "on" });
    const alert = page.getByRole("alert").getByText(/Try again in ⁨?\d+⁩? s/);
    for (let n = 0; n < 50 && (await alert.count()) === 0; n++) {
      await text(page).fill(`Number ${n}`);
      await send(page);
      await page.locator(".antiphon form:not([aria-busy])[data-act=send]").waitFor();
    }
    expect(await alert.count()).toBe(1);
    expect(await text(page).inputValue()).toMatch(/^Number/);
  });

  it("where comments are closed there is no form; where they close meanwhile, that is said", async () => {
    const { page, url } = await open(["Open"]);
    const { body } = await get(`/api/comments/by-url?url=${encodeURIComponent(url)}`);
    await client(() => server)
      .patch(`/api/posts/${body.post}`, { commentsOpen: false })
      .set(...admin())
      .expect(200);
    await text(page).fill("Too late");
    await send(page);
    await page.getByRole("alert").getByText("Comments are closed").waitFor();
    expect(await text(page).inputValue()).toBe("Too late");
    await page.reload();
    await page.getByText("Comments are closed").waitFor();
    expect(await page.locator("textarea, [data-act=reply]").count()).toBe(0);
  });
});

it("where the server sends mail, whoever wants to hear of replies is told to confirm it", async () => {
  const mail = await startMailServer();
  const mailing = await startMailing(mail);
  const there = await startSite(() => mailing);
  there.put("/", "<antiphon-comments></antiphon-comments>");
  const { page } = await there.open("/");
  await text(page).fill("Tell me");
  await page.getByLabel("Mail me replies").check();
  await send(page);
  await page.getByRole("alert").getByText("fill in your e-mail address").waitFor();
  await page.reload();
  expect(await page.getByLabel("Mail me replies").isChecked()).toBe(true);
  await page.getByLabel("E-mail").fill("reader@mail.example");
  await send(page);
  await page.getByRole("status").getByText("a message with a link is on its way").waitFor();
  await article(page, "Tell me").waitFor();
});

it("a comment that was taken and could not be shown is said to be there, and comes on demand", async () => {
  const { page, texts } = await open(["Before"]);
  await page.route("**/threads?*at=*", (route) => route.abort());
  await text(page).fill("Taken");
  await send(page);
  await page.getByRole("status").getByText("can’t be loaded").waitFor();
  await page.getByRole("status").getByText("Thank you").waitFor();
  expect(await text(page).inputValue()).toBe("");
  await page.unroute("**/threads?*at=*");
  await page.getByRole("button", { name: "Try again" }).click();
  await article(page, "Taken").waitFor();
  expect(await texts()).toEqual(["Before", "Taken"]);
});

it("a browser that keeps nothing for sites can do all but remember", async () => {
  const path = "/forgetful";
  site.put(path, "<antiphon-comments></antiphon-comments>");
  const { page, errors } = await site.open("/");
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
  await page.goto(site.url + path);
  await text(page).fill("Forget me");
  await send(page);
  await article(page, "Forget me").getByRole("link", { name: "Edit" }).click();
  const form = page.getByRole("region", { name: "Edit your comment" });
  await form.getByLabel("Comment", { exact: true }).fill("Forgotten");
  await form.getByRole("button", { name: "Save" }).click();
  await article(page, "Forgotten").waitFor();
  expect(errors).toEqual([]);
});

/** Holds such requests back until they are released. */
async function holdBack(page: Page, pattern: string) {
  let count = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(pattern, async (route) => {
    count++;
    await held;
    await route.continue();
  });
  return { count: () => count, release: () => release() };
}
