import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { openTab } from "@/__tests__/support/browser";
import { addPerson, cookieOf, signIn } from "@/__tests__/support/people";
import { type Server, startServer } from "@/__tests__/support/server";

let server: Server;
let cookies: { name: string; value: string; url: string }[];

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
  for (let n = 1; n <= 24; n++) {
    const sent = {
      name: n === 3 ? "W".repeat(80) : `Person ${n}`,
      email: `person-${n}@example.com`,
      profession: n % 3 === 0 ? "Maker of things that take a while to say" : "Gardener",
      website: n % 2 === 0 ? `https://${"long-".repeat(n === 4 ? 12 : 1)}garden.example/` : undefined,
      role: n === 5 ? "moderator" : "member",
    };
    await request(server.url)
      .post("/api/users")
      .set("Authorization", `Bearer ${server.adminToken}`)
      .send(sent)
      .expect(201);
  }
  const { email } = await addPerson(server, "member", "Vera Visitor");
  const [name = "", value = ""] = cookieOf(await signIn(server, email)).split("=");
  cookies = [{ name, value, url: server.url }];
});

async function open(path: string, settings: Parameters<typeof openTab>[1] = {}) {
  const tab = await openTab(server.url, settings);
  await tab.page.context().addCookies(cookies);
  await tab.page.goto(path);
  // A thread goes on listening.
  if (!path.startsWith("/posts/")) await tab.page.waitForLoadState("networkidle");
  return tab;
}

describe("/people", () => {
  it("leads to the sign-in whoever is not signed in, and back", async () => {
    const res = await request(server.url).get("/people").redirects(0);
    expect([res.status, res.headers.location]).toEqual([307, "/login?next=%2Fpeople"]);
    expect(res.headers["cache-control"]).toBe("private, no-store");
  });

  it("row 13: a button loads users into a list from the API, page by page, without a reload", async () => {
    const { page, errors, strangers } = await open("/people");
    await page.evaluate(() => document.body.classList.add("marked"));
    expect(await page.getByRole("main").getByRole("listitem").count()).toBe(0);
    const asked: string[] = [];
    page.on("request", (one) => asked.push(new URL(one.url()).pathname));
    await page.getByRole("button", { name: "Load the people" }).click();
    await page.getByRole("status").getByText("20 people so far").waitFor();
    expect(asked).toContain("/api/users");
    expect(await page.getByRole("main").getByRole("listitem").count()).toBe(20);
    expect(await page.getByRole("main").getByRole("list").textContent()).toContain("Front-end developer");
    await page.getByRole("button", { name: "Load more people" }).click();
    await page.getByRole("status").getByText("27 people").waitFor();
    expect(await page.getByRole("main").getByRole("listitem").count()).toBe(27);
    // What comes last takes the focus from the button, which is gone.
    expect(await page.getByRole("button", { name: /people/ }).count()).toBe(0);
    await page.waitForFunction(() => document.activeElement?.textContent?.includes("Person 18"));
    expect(await page.locator("main").textContent()).not.toContain("@example.com");
    expect(await page.evaluate(() => document.body.classList.contains("marked"))).toBe(true);
    expect([errors, strangers]).toEqual([[], []]);
  });

  it("says that it loads, works with the keyboard, and asks once however often it is pressed", async () => {
    const { page } = await open("/people");
    let sent = 0;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/api/users*", async (route) => {
      sent++;
      await held;
      await route.continue();
    });
    await page.getByRole("button", { name: "Load the people" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("Loading…").waitFor();
    await page.keyboard.press("Enter");
    release();
    await page.getByRole("status").getByText("20 people").waitFor();
    expect(sent).toBe(1);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Load more people");
  });

  it("says what is wrong, keeps what it has, and tries again", async () => {
    const { page } = await open("/people");
    await page.getByRole("button", { name: "Load the people" }).click();
    await page.getByRole("status").getByText("20 people").waitFor();
    await page.route("**/api/users*", (route) => route.abort());
    await page.getByRole("button", { name: "Load more people" }).click();
    await page.getByRole("alert").getByText("can’t be reached").waitFor();
    expect(await page.getByRole("main").getByRole("listitem").count()).toBe(20);
    await page.unroute("**/api/users*");
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Load more people" }).click();
    await page.getByRole("alert").getByText("not signed in any more").waitFor();
  });

  it("shows the list without JavaScript, too, page by page", async () => {
    const { page } = await open("/people", { javaScriptEnabled: false });
    await page.getByRole("button", { name: "Load the people" }).click();
    await page.waitForURL(/\/people\?list=1$/);
    expect(await page.getByRole("main").getByRole("listitem").count()).toBe(20);
    await page.getByRole("button", { name: "Load more people" }).click();
    await page.waitForURL(/cursor=/);
    expect(await page.getByRole("main").getByRole("listitem").count()).toBe(7);
    expect(await page.getByRole("main").getByRole("list").textContent()).toContain("Person 24");
    expect(await page.getByRole("button", { name: /people/ }).count()).toBe(0);
  });

  it("keeps the language that it was asked for in, without JavaScript, too", async () => {
    const { page } = await open("/people?lang=de", { javaScriptEnabled: false });
    await page.getByRole("main").getByRole("button").click();
    await page.waitForURL(/\/people\?list=1&lang=de$/);
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
  });

  it.each([320, 1280])("%i px wide, does not scroll sideways", async (width) => {
    const { page } = await open("/people?list=1", { viewport: { width, height: 640 } });
    const sides = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    expect(sides[0]).toBeLessThanOrEqual(sides[1] ?? 0);
  });

  it("comments of who is signed in need no name: the form says whose they are", async () => {
    const { page, errors } = await open("/posts/react-hooks");
    expect(await page.getByLabel("Name").count()).toBe(0);
    expect(await page.locator("#respond").textContent()).toMatch(/You comment as \u2068Vera Visitor\u2069/);
    await page.getByLabel("Comment", { exact: true }).fill("Signed and sent");
    await page.getByRole("button", { name: "Send the comment" }).click();
    const mine = page.locator("article.comment", { hasText: "Signed and sent" });
    await mine.waitFor();
    expect(await mine.textContent()).toContain("Vera Visitor");
    expect(errors).toEqual([]);
  });
});
