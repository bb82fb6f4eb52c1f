import { beforeAll, expect, test } from "@jest/globals";
import { openTab } from "../support/browser";
import { client } from "../support/client";
import { type MailServer, startMailServer } from "../support/mailServer";
import { lettersTo, startMailing, subscribe, tokenIn } from "../support/replies";
import type { Server } from "../support/server";

let mail: MailServer;
let server: Server;

beforeAll(async () => {
  mail = await startMailServer();
  server = await startMailing(mail);
});

test("whoever ticks the box is told, beside their comment, to confirm by mail", async () => {
  const { page, errors } = await openTab(server.url);
  await page.goto("/posts/1");
  await page.getByLabel("Comment", { exact: true }).fill("Tell me");
  await page.getByLabel("Mail me replies").check();
  await page.getByRole("button", { name: "Send the comment" }).click();
  await page.getByRole("alert").getByText("fill in your e-mail address").waitFor();
  // What else a browser says of an answer 400.
  expect(errors.splice(0).join()).toMatch(/^Failed to load resource.*400/);
  await page.getByLabel("E-mail").fill("tick@reader.example");
  await page.getByRole("button", { name: "Send the comment" }).click();
  await page.getByRole("status").getByText("a message with a link is on its way").waitFor();
  await page.getByRole("article").getByText("Tell me").waitFor();
  await lettersTo(mail, "tick@reader.example");
  expect(errors).toEqual([]);
});

test.each([true, false])(
  "what one hears of is changed and ended with scripts %p",
  async (javaScriptEnabled) => {
    const email = `scripts-${javaScriptEnabled}@reader.example`;
    const mine = await subscribe(server, mail, email);
    await client(() => server)
      .comment("A reply", { parent: mine.id })
      .expect(201);
    const [, told] = await lettersTo(mail, email, 2);
    const { page, errors, strangers } = await openTab(server.url, { javaScriptEnabled });
    await page.goto(`/subscriptions?token=${tokenIn(told ?? { text: "" }, "/subscriptions")}`);
    await page.getByLabel("When").selectOption("daily");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Done.").waitFor();
    expect(await page.getByLabel("When").inputValue()).toBe("daily");
    await page.getByLabel("What").selectOption("off");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("You hear of nothing").waitFor();
    expect([...errors, ...strangers]).toEqual([]);
  },
);
