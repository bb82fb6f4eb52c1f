import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { openTab } from "@/__tests__/support/browser";
import { addPerson, PASSWORD } from "@/__tests__/support/people";
import { type Server, startServer } from "@/__tests__/support/server";

let server: Server;
let email = "";

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
  email = (await addPerson(server, "author", "Lin")).email;
});

async function fill(page: Page, password: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

const signOut = (page: Page) => page.getByRole("button", { name: "Sign out" });

describe.each([
  ["without JavaScript", false],
  ["with JavaScript", true],
])("%s", (_name, javaScriptEnabled) => {
  it("one signs in from a page, is led back to it, and signs out", async () => {
    const { page, errors, strangers } = await openTab(server.url, { javaScriptEnabled });
    await page.goto("/posts/react-hooks");
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.waitForURL(/\/login\?next=%2Fposts%2Freact-hooks$/);
    expect(await page.title()).toBe("Sign in – Antiphon");
    await fill(page, PASSWORD);
    await page.waitForURL(`${server.url}/posts/react-hooks`);
    expect(await page.getByRole("banner").textContent()).toContain("Signed in as Lin");
    await page.goto("/login");
    expect(new URL(page.url()).pathname).toBe("/");
    await signOut(page).click();
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
    expect(errors).toEqual([]);
    expect(strangers).toEqual([]);
  });

  it("a wrong password is said, and the second try goes on to where the first was going", async () => {
    const { page } = await openTab(server.url, { javaScriptEnabled });
    await page.goto("/login?next=/docs");
    await fill(page, "not this one");
    await page.getByRole("alert").filter({ hasText: "is wrong" }).waitFor();
    expect(await page.getByRole("alert").allTextContents()).toContain(
      "The e-mail address or the password is wrong.",
    );
    expect(page.url()).not.toContain(email);
    await fill(page, PASSWORD);
    await page.waitForURL(`${server.url}/docs`);
    expect(await page.context().cookies()).toMatchObject([{ httpOnly: true, sameSite: "Lax" }]);
  });

  it("one comments under one's own name, and the cookie is not for scripts", async () => {
    const { page } = await openTab(server.url, { javaScriptEnabled });
    await page.goto("/login?next=/posts/react-hooks");
    await fill(page, PASSWORD);
    await page.waitForURL(`${server.url}/posts/react-hooks`);
    const text = `Signed ${javaScriptEnabled}`;
    await page.getByLabel("Comment", { exact: true }).fill(text);
    await page.getByRole("button", { name: "Send the comment" }).click();
    const comment = page.locator("article.comment").filter({ hasText: text });
    await comment.waitFor();
    expect(await comment.textContent()).toContain("Lin");
    if (javaScriptEnabled) expect(await page.evaluate(() => document.cookie)).toBe("");
  });
});

describe("a refusal with JavaScript", () => {
  it("keeps what was typed, has the password selected, and the page stays", async () => {
    const { page } = await openTab(server.url);
    await page.goto("/login", { waitUntil: "networkidle" });
    await fill(page, "not this one");
    await page.getByRole("alert").filter({ hasText: "is wrong" }).waitFor();
    expect(await page.getByLabel("E-mail").inputValue()).toBe(email);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("password");
    expect(new URL(page.url()).search).toBe("");
  });
});

describe("the setup link", () => {
  it("asks for a better password at the field, then makes the account and signs in", async () => {
    const own = await startServer();
    const path = /\/login\?setup=[\w-]+/.exec(own.logs())?.[0] ?? "";
    const { page, errors } = await openTab(own.url);
    await page.goto(path, { waitUntil: "networkidle" });
    await page.getByLabel("Name").fill("Grace");
    await page.getByLabel("E-mail").fill("grace@example.org");
    const password = page.getByLabel("Password");
    await password.fill("Password123");
    await page.getByRole("button").click();
    await page.getByText("not among those that are guessed first").waitFor();
    expect(await password.getAttribute("aria-invalid")).toBe("true");
    const described = (await password.getAttribute("aria-describedby")) ?? "";
    const texts = await Promise.all(
      described.split(" ").map((id) => page.locator(`[id="${id}"]`).textContent()),
    );
    expect(texts.join(" ")).toContain("guessed first");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("password");
    await password.fill(PASSWORD);
    await page.getByRole("button").click();
    await page.waitForURL(`${own.url}/`);
    expect(await page.getByRole("banner").textContent()).toContain("Grace");
    await page.goBack();
    expect(await page.getByRole("banner").textContent()).toContain("Grace");
    expect(errors.filter((error) => !error.includes("400"))).toEqual([]);
  });
});
