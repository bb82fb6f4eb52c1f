import type { Page } from "playwright-core";
import { openTab, type Tab } from "@/__tests__/support/browser";
import { THREAD_ACTS, whenTakenOver } from "@/__tests__/support/threadActs";
import type { Site } from "@/__tests__/support/wholeSite";

/** A page of the site in one of its states. */
export interface View {
  name: string;
  /** What makes it, in `pages/`. */
  file: string;
  path: (site: Site) => string;
  on?: "full" | "empty" | "broken";
  as?: "admin" | "member";
  /** What is done there first. */
  act?: (page: Page, site: Site) => Promise<unknown>;
  /** Left out: the page as browsers show it. */
  element?: "stays away" | "takes over";
}

const at = (path: string) => () => path;

const POST = "posts/[id].tsx";
const THREAD = "threads/[id].tsx";

/** Threads as the server alone shows them. */
const PLAIN_THREADS: View[] = (
  [
    ["a post with its thread", POST, ({ posts }) => `/posts/${posts.talk.slug}`],
    [
      "a reply to be written",
      POST,
      ({ posts, comments }) => `/posts/${posts.talk.slug}?reply=${comments.first}#respond`,
    ],
    [
      "a report to be written",
      POST,
      ({ posts, comments }) => `/posts/${posts.talk.slug}?report=${comments.first}#respond`,
    ],
    ["a long thread, the newest first", POST, ({ posts }) => `/posts/${posts.long.slug}?sort=newest`],
    [
      "a comment by its link",
      POST,
      ({ posts, comments }) => `/posts/${posts.talk.slug}?at=${comments.deep}#comment-${comments.deep}`,
    ],
    [
      "a comment refused",
      POST,
      ({ posts }) => `/posts/${posts.talk.slug}?error=invalid_input&field=website#respond`,
    ],
    ["a comment that waits", POST, ({ posts }) => `/posts/${posts.talk.slug}?held=1#respond`],
    ["a post without comments", POST, ({ posts }) => `/posts/${posts.nothing.slug}`],
    ["a post that is closed", POST, ({ posts }) => `/posts/${posts.closed.slug}`],
    ["a thread alone", THREAD, ({ posts }) => `/threads/${posts.talk.slug}`],
    ["an empty thread alone", THREAD, ({ posts }) => `/threads/${posts.nothing.slug}`],
    ["a closed thread alone", THREAD, ({ posts }) => `/threads/${posts.closed.slug}`],
    [
      "the thread of a page that nobody knows",
      "threads/index.tsx",
      ({ full }) => `/threads?url=${full.url}/docs`,
    ],
    ["the thread of no page", "threads/index.tsx", () => "/threads?url=nonsense"],
  ] satisfies [string, string, View["path"]][]
).map(([name, file, path]) => ({ name, file, path, element: "stays away" }));

/** Every page, and what can be seen on it. */
export const VIEWS: View[] = [
  { name: "the front page", file: "index.tsx", path: at("/") },
  { name: "the front page of an empty site", file: "index.tsx", path: at("/"), on: "empty" },
  { name: "the front page, signed in", file: "index.tsx", path: at("/"), as: "admin" },
  { name: "a refusal on the front page", file: "index.tsx", path: at("/?error=invalid_input&field=website") },

  { name: "the posts of an author", file: "posts/index.tsx", path: at("/posts"), as: "admin" },
  { name: "a post that was made", file: "posts/index.tsx", path: at("/posts?made=1"), as: "admin" },
  {
    name: "a post refused",
    file: "posts/index.tsx",
    path: at("/posts?error=invalid_input&field=slug"),
    as: "admin",
  },
  { name: "no posts for a member", file: "posts/index.tsx", path: at("/posts"), as: "member" },
  {
    name: "a post refused in place",
    file: "posts/index.tsx",
    path: at("/posts"),
    as: "admin",
    act: async (page) => {
      await page.getByLabel("Title").fill("A title");
      await page.getByLabel("Text").fill("Text");
      await page.getByText("More", { exact: true }).click();
      await page.getByLabel("Slug").fill("123");
      await page.getByRole("button", { name: "Publish" }).click();
      await page.locator(".wrong").waitFor();
    },
  },

  { name: "the sign-in", file: "login.tsx", path: at("/login") },
  { name: "a sign-in refused", file: "login.tsx", path: at("/login?error=sign_in_failed") },
  {
    name: "a sign-in with a wrong field",
    file: "login.tsx",
    path: at("/login?error=invalid_input&field=email"),
  },
  { name: "the sign-in after a new password", file: "login.tsx", path: at("/login?changed=1") },
  { name: "a dead setup link", file: "login.tsx", path: at("/login?setup=dead") },
  {
    name: "a setup link",
    file: "login.tsx",
    path: ({ tokens }) => `/login?setup=${tokens.setup}`,
    on: "empty",
  },
  {
    name: "a sign-in refused in place",
    file: "login.tsx",
    path: at("/login"),
    act: async (page) => {
      await page.getByLabel("E-mail").fill("nobody@example.org");
      await page.getByLabel("Password").fill("not the password");
      await page.locator("main").getByRole("button").click();
      await page.locator(".notice.refused").waitFor();
    },
  },

  { name: "a forgotten password", file: "forgotten.tsx", path: at("/forgotten") },
  { name: "a forgotten password, asked", file: "forgotten.tsx", path: at("/forgotten?sent=1") },
  { name: "a forgotten password without mail", file: "forgotten.tsx", path: at("/forgotten"), on: "empty" },
  {
    name: "a forgotten password, refused",
    file: "forgotten.tsx",
    path: at("/forgotten?error=invalid_input&field=email"),
  },

  {
    name: "a new password",
    file: "password.tsx",
    path: ({ tokens }) => `/password?token=${tokens.password}`,
  },
  {
    name: "a new password, refused",
    file: "password.tsx",
    path: ({ tokens }) => `/password?token=${tokens.password}&error=invalid_input&field=password`,
  },
  { name: "a new password, too late", file: "password.tsx", path: at("/password?token=x") },

  { name: "people to be loaded", file: "people.tsx", path: at("/people"), as: "member" },
  { name: "people", file: "people.tsx", path: at("/people?list=1"), as: "admin" },
  {
    name: "people, loaded in place",
    file: "people.tsx",
    path: at("/people"),
    as: "member",
    act: async (page) => {
      await page.getByRole("button", { name: "Load the people" }).click();
      await page.getByRole("listitem").first().waitFor();
    },
  },
  {
    name: "people that can’t be loaded",
    file: "people.tsx",
    path: at("/people"),
    as: "member",
    act: async (page) => {
      await page.route("**/api/users*", (route) => route.abort());
      await page.getByRole("button", { name: "Load the people" }).click();
      await page.locator(".notice.refused").waitFor();
    },
  },

  {
    name: "subscriptions",
    file: "subscriptions.tsx",
    path: ({ tokens }) => `/subscriptions?token=${tokens.subscriptions}`,
  },
  {
    name: "subscriptions, changed",
    file: "subscriptions.tsx",
    path: ({ tokens }) => `/subscriptions?token=${tokens.subscriptions}&done=1`,
  },
  { name: "subscriptions, too late", file: "subscriptions.tsx", path: at("/subscriptions?token=x") },
  { name: "no subscriptions", file: "subscriptions.tsx", path: at("/subscriptions"), as: "member" },

  {
    name: "a decision by mail",
    file: "confirm.tsx",
    path: ({ tokens }) => `/confirm?token=${tokens.approve}`,
  },
  { name: "a decision that is made", file: "confirm.tsx", path: at("/confirm?done=approve") },
  { name: "a decision refused", file: "confirm.tsx", path: at("/confirm?error=link_over") },
  { name: "a decision too late", file: "confirm.tsx", path: at("/confirm?token=x") },

  { name: "a guest’s data", file: "data.tsx", path: ({ tokens }) => `/data?token=${tokens.data}` },
  { name: "asking for a guest’s data", file: "data.tsx", path: at("/data") },
  { name: "a guest’s data, asked", file: "data.tsx", path: at("/data?sent=1") },
  { name: "a guest’s data, refused", file: "data.tsx", path: at("/data?error=invalid_input&field=email") },
  { name: "a guest’s data, erased", file: "data.tsx", path: at("/data?done=1") },
  { name: "a guest’s data, too late", file: "data.tsx", path: at("/data?token=x") },
  { name: "a guest’s data without mail", file: "data.tsx", path: at("/data"), on: "empty" },

  { name: "the docs", file: "docs/index.tsx", path: at("/docs") },
  ...["api", "architecture", "configuration", "operations", "problems"].map((name) => ({
    name: `the docs: ${name}`,
    file: "docs/[page].tsx",
    path: at(`/docs/${name}`),
  })),

  ...PLAIN_THREADS,
  ...(["member", "admin"] as const).map(
    (as): View => ({
      name: `a post with its thread, signed in as ${as}`,
      file: POST,
      path: ({ posts }) => `/posts/${posts.talk.slug}`,
      as,
      element: "stays away",
    }),
  ),
  ...THREAD_ACTS.map(
    ({ name, on, act }): View => ({
      name: `a post, taken over: ${name}`,
      file: POST,
      path: ({ posts }) => `/posts/${posts[on].slug}`,
      act: (page, { full, posts }) => act(page, full, posts[on].id),
      element: "takes over",
    }),
  ),

  { name: "nothing", file: "_error.tsx", path: at("/nowhere") },
  { name: "nothing, signed in", file: "_error.tsx", path: at("/posts/nowhere"), as: "admin" },
  { name: "a fault", file: "_error.tsx", path: at("/"), on: "broken" },
];

/** Opens it, as it is once everything has come. */
export async function openView(
  site: Site,
  { path, on = "full", as, act, element }: View,
  settings: Parameters<typeof openTab>[1] = {},
  before: (page: Page) => Promise<unknown> = async () => {},
): Promise<Tab> {
  const tab = await openTab(site[on].url, settings);
  if (as) {
    const [name = "", value = ""] = site.cookies[as].split("=");
    await tab.page.context().addCookies([{ name, value, url: site[on].url }]);
  }
  await before(tab.page);
  if (element === "stays away") await tab.page.route("**/embed.js", (route) => route.abort());
  // Where the element is, a connection stays open, on which it hears what is new.
  await tab.page.goto(path(site), { waitUntil: element === "takes over" ? "load" : "networkidle" });
  if (element === "takes over") await whenTakenOver(tab.page);
  await act?.(tab.page, site);
  return tab;
}
