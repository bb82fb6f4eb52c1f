import { beforeAll, expect, it, test } from "@jest/globals";
import { openTab } from "@/__tests__/support/browser";
import { addPerson, cookieOf, signIn } from "@/__tests__/support/people";
import { type Server, startServer } from "@/__tests__/support/server";
import { directionOf, LANGUAGES } from "@/lib/languages";

let server: Server;
let cookies: { name: string; value: string; url: string }[];

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
  const { email } = await addPerson(server, "author", "Vera Visitor");
  const [name = "", value = ""] = cookieOf(await signIn(server, email)).split("=");
  cookies = [{ name, value, url: server.url }];
});

async function open(path: string, settings: Parameters<typeof openTab>[1] = {}) {
  const tab = await openTab(server.url, settings);
  await tab.page.context().addCookies(cookies);
  await tab.page.goto(path, { waitUntil: "networkidle" });
  return tab;
}

test.each(LANGUAGES.map(({ code }) => code))(
  "%s: pages that come to life say the same, and fit",
  async (code) => {
    const { page, errors } = await open(`/people?list=1&lang=${code}`, {
      viewport: { width: 320, height: 640 },
    });
    for (const path of ["/posts", "/subscriptions", "/people?list=1"]) {
      await page.goto(`${path}${path.includes("?") ? "&" : "?"}lang=${code}`, { waitUntil: "networkidle" });
      expect([path, errors]).toEqual([path, []]);
      expect(await page.locator("html").getAttribute("dir")).toBe(directionOf(code));
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
      expect([path, scrollWidth]).toEqual([path, clientWidth]);
    }
  },
);

it("a reader chooses a language at the foot of a page, and keeps it through links and forms", async () => {
  const { page } = await openTab(server.url, { locale: "fr-CH" });
  await page.goto("/login?next=%2Fpeople");
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Se connecter");
  await page.getByRole("link", { name: "العربية" }).click();
  await page.waitForURL("**/login?next=%2Fpeople&lang=ar");
  expect(await page.locator("html").getAttribute("dir")).toBe("rtl");
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("تسجيل الدخول");
  await page.getByLabel("البريد الإلكتروني").fill("nobody@example.org");
  await page.getByLabel("كلمة المرور").fill("not this one");
  await page.getByRole("button", { name: "تسجيل الدخول" }).click();
  await page.getByText("البريد الإلكتروني أو كلمة المرور غير صحيحة.").waitFor();
});

it("works without JavaScript, too", async () => {
  const { page } = await openTab(server.url, { javaScriptEnabled: false });
  await page.goto("/login?lang=he");
  await page.getByLabel("דוא״ל").fill("nobody@example.org");
  await page.getByLabel("סיסמה").fill("not this one");
  await page.getByRole("main").getByRole("button").click();
  await page.waitForURL(/\/login\?error=sign_in_failed.*&lang=he$/);
  await page.getByText("כתובת הדוא״ל או הסיסמה שגויה.").waitFor();
});
