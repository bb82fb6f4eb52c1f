import type { Locator, Page } from "playwright-core";
import { client } from "@/__tests__/support/client";
import type { Server } from "@/__tests__/support/server";

/** What a reader does on a thread that the element shows, and what is seen then. Nothing in it depends on the page. */
export interface ThreadAct {
  name: string;
  /** A talk, or a thread that is too long for one part. */
  on: "talk" | "long";
  act: (page: Page, server: Server, post: number) => Promise<unknown>;
}

const textOf = (page: Page): Locator => page.locator("#field-comment");

/** The element has the thread: what it adds is there. */
export async function whenTakenOver(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Preview" }).first().waitFor();
}

async function comment(page: Page, text: string): Promise<void> {
  await textOf(page).fill(text);
  await page.getByRole("button", { name: "Send the comment" }).click();
}

async function commentOfOnesOwn(page: Page): Promise<void> {
  await comment(page, "Mine, for a while");
  await page.locator("[data-until]").first().waitFor();
}

async function openEdit(page: Page): Promise<void> {
  await commentOfOnesOwn(page);
  await page.getByRole("link", { name: /^Edit/ }).first().click();
  await page.locator(".opened textarea").waitFor();
}

export const THREAD_ACTS: ThreadAct[] = [
  { name: "as it comes", on: "talk", act: async () => {} },
  {
    name: "a reply",
    on: "talk",
    act: async (page) => {
      await page
        .getByRole("link", { name: /^Reply/ })
        .first()
        .click();
      await page.getByRole("link", { name: "Cancel" }).waitFor();
    },
  },
  {
    name: "a preview",
    on: "talk",
    act: async (page) => {
      await textOf(page).fill("# Hello\n\nA *comment* with `code`\n\n    and more of it");
      await page.getByRole("button", { name: "Preview" }).click();
      await page.locator(".preview .prose").waitFor();
    },
  },
  {
    name: "a refusal",
    on: "talk",
    act: async (page) => {
      await page.locator("#field-website").fill("ftp://ada.example");
      await comment(page, "Look at my site");
      await page.locator(".said .refused").waitFor();
    },
  },
  { name: "a comment of one’s own", on: "talk", act: commentOfOnesOwn },
  { name: "an edit", on: "talk", act: openEdit },
  {
    name: "a deletion",
    on: "talk",
    act: async (page) => {
      await openEdit(page);
      await page.locator(".opened summary").click();
      await page.getByRole("button", { name: "Yes, delete it" }).waitFor();
    },
  },
  {
    name: "a report",
    on: "talk",
    act: async (page) => {
      await page
        .getByRole("link", { name: /^Report/ })
        .first()
        .click();
      await page.locator(".opened [type=radio]").first().waitFor();
    },
  },
  {
    name: "votes",
    on: "talk",
    act: async (page) => {
      await page
        .getByRole("button", { name: /^Vote for.*Ada Admin/ })
        .first()
        .click();
      await page.locator('.votes [aria-pressed="true"]').waitFor();
    },
  },
  {
    name: "new comments",
    on: "talk",
    act: async (page, server, post) => {
      await page.locator("#comments").scrollIntoViewIfNeeded();
      await client(() => server)
        .comment("News", { post })
        .expect(201);
      await page.locator(".news button").waitFor();
    },
  },
  {
    name: "more comments",
    on: "long",
    act: async (page) => {
      const shown = page.locator(".comments > li");
      const before = await shown.count();
      await page.getByRole("link", { name: "More comments" }).click();
      await shown.nth(before).waitFor();
    },
  },
  {
    name: "comments that can’t be loaded",
    on: "long",
    act: async (page) => {
      await page.route(/format=fragment/, (route) => route.abort());
      await page.getByRole("link", { name: "More comments" }).click();
      await page.getByRole("button", { name: "Try again" }).waitFor();
    },
  },
];
