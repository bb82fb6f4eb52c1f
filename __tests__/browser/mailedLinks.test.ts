import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { openTab } from "@/__tests__/support/browser";
import { client } from "@/__tests__/support/client";
import { type MailServer, startMailServer } from "@/__tests__/support/mailServer";
import { mailing } from "@/__tests__/support/mails";
import { addPerson } from "@/__tests__/support/people";
import { type Server, startServer } from "@/__tests__/support/server";

const ANOTHER = "a reel for the bodhran";

let server: Server;
let mail: MailServer;

beforeAll(async () => {
  mail = await startMailServer();
  const first = await startServer({ MODERATION: "open", SEED: "on" });
  // As it is outside: the pages' own address is known, and other sites are on a list.
  server = await first.restart({
    ...mailing(mail),
    PORT: new URL(first.url).port,
    PUBLIC_URL: first.url,
    ALLOWED_ORIGINS: "https://blog.example",
  });
});

beforeEach(() => mail.clear());

/** Opens the link of the one message that came. */
async function follow(page: Page): Promise<void> {
  const [message] = await mail.wait(1);
  const [link = ""] = /^http:\S+token=\S+$/m.exec(message?.text ?? "") ?? [];
  await page.goto(link);
}

async function ask(page: Page, email: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
}

describe.each([
  ["without JavaScript", false],
  ["with JavaScript", true],
])("%s", (_name, javaScriptEnabled) => {
  it("a forgotten password is replaced by a mailed link, and one signs in with the new one", async () => {
    const { email } = await addPerson(server, "member", "Forgetful");
    const { page, errors, strangers } = await openTab(server.url, { javaScriptEnabled });
    await page.goto("/login");
    await page.getByRole("link", { name: "Forgotten password?" }).click();
    await ask(page, email);
    await follow(page);
    const field = page.getByLabel("New password");
    expect(await field.getAttribute("autocomplete")).toBe("new-password");
    const user = page.locator('input[autocomplete="username"]');
    expect([await user.inputValue(), await user.isVisible()]).toEqual([email, false]);
    // Long enough, so the browser lets it go.
    await field.fill("password1");
    await page.getByRole("button", { name: "Take this password" }).click();
    await page.getByText("Take a password of 8 to 256 characters").waitFor();
    await field.fill(ANOTHER);
    await page.getByRole("button", { name: "Take this password" }).click();
    await page.getByText("Your password is changed.").waitFor();
    expect(page.url()).toBe(`${server.url}/login?changed=1`);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(ANOTHER);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${server.url}/`);
    expect([errors, strangers]).toEqual([[], []]);
  });

  it("a guest saves what is held under the address, and has it erased", async () => {
    const email = `guest-${javaScriptEnabled}@guests.example`;
    const { comment, get } = client(() => server);
    const { id } = (await comment("Before I go", { email }).expect(201)).body;
    const { page, errors, strangers } = await openTab(server.url, { javaScriptEnabled });
    await page.goto("/data");
    await ask(page, email);
    await follow(page);
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: "Save everything" }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe("antiphon-data.json");
    const chunks: Buffer[] = [];
    for await (const chunk of await saved.createReadStream()) chunks.push(chunk);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({ comments: [{ id }] });
    await page.getByRole("button", { name: "Erase everything" }).click();
    await page.getByRole("heading", { name: "It is erased" }).waitFor();
    await get(`/api/comments/1/${id}`).expect(404);
    expect([errors, strangers]).toEqual([[], []]);
  });
});

it("a page that a mailed link opened in a language comes back in it when its form is refused", async () => {
  const { email } = await addPerson(server, "member", "Vergesslich");
  const { page } = await openTab(server.url, { javaScriptEnabled: false });
  await page.goto("/forgotten");
  await ask(page, email);
  await follow(page);
  const opened = new URL(page.url());
  await page.goto(`${opened.href}&lang=de`);
  await page.locator("input[type=password]").fill("password1");
  await page.getByRole("button").click();
  await page.waitForURL(/[?&]error=/);
  const { searchParams } = new URL(page.url());
  expect(Object.fromEntries(searchParams)).toMatchObject({
    lang: "de",
    token: opened.searchParams.get("token"),
  });
  expect(await page.locator("html").getAttribute("lang")).toBe("de");
});
