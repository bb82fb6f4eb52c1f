import { beforeAll, describe, expect, it, test } from "@jest/globals";
import { readText } from "@/__tests__/support/markdown";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";
import { LANGUAGES } from "@/lib/languages";
import type { Messages } from "@/lib/translator";

let server: Server;

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
});

const codes = LANGUAGES.map(({ code }) => code);
const get = (path: string, accept?: string) => {
  const asked = request(server.url).get(path).redirects(0);
  return accept === undefined ? asked : asked.set("Accept-Language", accept);
};
const read = (code: string): Messages => JSON.parse(readText(`lib/languages/${code}.json`));
const say = (code: string, key: string) => String(read(code)[key]);
/** What a page shows, without what its scripts are told. */
const shown = (html: string) => html.split('<script id="__NEXT_DATA__"')[0] ?? "";
const htmlOf = (html: string) => /<html[^>]*>/.exec(html)?.[0];
const pages = ["/login", "/forgotten", "/data", "/data?token=x", "/confirm", "/password", "/nowhere"];

describe("a page", () => {
  test.each(codes)("in %s says so, and says nothing in English", async (code) => {
    const { direction } = LANGUAGES.find((one) => one.code === code) ?? {};
    const english = Object.entries(read("en")).filter(
      ([, text]) => typeof text === "string" && text.includes(" "),
    );
    for (const path of pages) {
      const { headers, text: html } = await get(`${path}${path.includes("?") ? "&" : "?"}lang=${code}`);
      expect(htmlOf(html)).toBe(`<html lang="${code}" dir="${direction}">`);
      expect(headers["content-language"]).toBe(code);
      expect(shown(html)).toContain(`>${say(code, "skip")}</a>`);
      if (code === "en") continue;
      const mixed = english.filter(
        ([key, text]) => say(code, key) !== String(text) && shown(html).includes(String(text)),
      );
      expect([path, mixed]).toEqual([path, []]);
    }
  });

  it("shows no key instead of a text", async () => {
    const key = new RegExp(`>(?:${Object.keys(read("en")).join("|").replaceAll(".", "\\.")})<`);
    for (const path of [...pages, "/", "/docs"]) {
      const { text } = await get(path);
      expect([path, key.exec(shown(text))?.[0] ?? null]).toEqual([path, null]);
    }
  });

  it("comes in the best of the browser's languages, and says that it depends on them", async () => {
    const asked: Record<string, string> = {
      "de-AT,fr;q=0.8": "de",
      "tlh, fr-CH;q=0.9, en;q=0.8": "fr",
      "en;q=0.5, uk": "uk",
      "pt-BR": "pt",
      "zh-Hant-TW, zh;q=0.8": "zh",
      "*": "en",
      tlh: "en",
      "de;q=0": "en",
    };
    for (const [accept, code] of Object.entries(asked)) {
      const { headers, text } = await get("/login", accept);
      expect([accept, headers["content-language"]]).toEqual([accept, code]);
      expect(htmlOf(text)).toContain(`lang="${code}"`);
      expect(headers.vary).toContain("Accept-Language");
    }
    const none = await get("/login");
    expect([none.headers["content-language"], none.headers.vary]).toEqual(["en", "Cookie, Accept-Language"]);
  });

  it("comes in the language that its address names, whatever the browser asks for, and depends on that alone", async () => {
    const { headers } = await get("/login?lang=he", "de");
    expect([headers["content-language"], headers.vary]).toEqual(["he", "Cookie"]);
  });

  it("takes a language with its region, as browsers write it", async () => {
    const tags: Record<string, string> = { "pt-BR": "pt", "zh-Hant-TW": "zh", "DE-at": "de" };
    for (const [tag, code] of Object.entries(tags))
      expect((await get(`/login?lang=${tag}`)).headers["content-language"]).toBe(code);
  });

  it("links to itself in every language, in their own words, with the rest of its address", async () => {
    const { text } = await get("/login?next=%2Fpeople&lang=fr");
    const links = [...shown(text).matchAll(/<a href="([^"]*)" lang="(\w+)" hrefLang="\w+"[^>]*>([^<]*)</g)];
    expect(links.map(([, href, lang, name]) => [href, lang, name])).toEqual(
      LANGUAGES.map(({ code, name }) => [`?next=%2Fpeople&amp;lang=${code}`, code, name]),
    );
    expect(shown(text)).toMatch(/<a href="[^"]*" lang="fr"[^>]* aria-current="true"/);
  });

  it("that was asked for in a language keeps it in its links", async () => {
    expect((await get("/nowhere?lang=fa")).text).toContain('<a class="name" href="/?lang=fa">');
    expect((await get("/people?lang=fa")).headers.location).toBe("/login?next=%2Fpeople%3Flang%3Dfa&lang=fa");
    expect((await get("/nowhere", "fa")).text).toContain('<a class="name" href="/">');
  });

  it("that answers a form is in the language of the page with the form", async () => {
    const form = (referer: string) =>
      request(server.url)
        .post("/api/session")
        .redirects(0)
        .set({ Accept: "text/html", Origin: server.url, "Sec-Fetch-Site": "same-origin", Referer: referer })
        .type("form")
        .send({ email: "nobody@example.org", password: "wrong wrong" });
    const led = await form(`${server.url}/login?lang=tr`);
    expect([led.status, led.headers.location]).toEqual([303, "/login?error=sign_in_failed&lang=tr"]);
    const { text } = await get(led.headers.location ?? "");
    expect(shown(text)).toContain(say("tr", "problem.sign_in_failed"));
    for (const referer of [`${server.url}/login`, `${server.url}/login?lang=xx`, "nonsense"])
      expect((await form(referer)).headers.location).toBe("/login?error=sign_in_failed");
  });

  it("of the docs stays English, and says so", async () => {
    for (const path of ["/docs", "/docs/problems"]) {
      const { headers, text } = await get(path, "ar");
      expect([headers["content-language"], htmlOf(text)]).toEqual(["en", '<html lang="en" dir="ltr">']);
      expect(headers.vary ?? "").not.toContain("Accept-Language");
    }
  });

  it("is harmless whatever its address and its browser name as a language", async () => {
    const named = [
      ...[
        "__proto__",
        "constructor",
        "toString",
        "../../package",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "EN",
        "de,fr",
      ],
      ...["%3Cscript%3Ealert(1)%3C/script%3E", '"onload=alert(1)', "de&lang=fr", "de%0d%0aX-Evil:%201", ""],
    ];
    for (const lang of named) {
      const { status, headers, text } = await get(`/login?lang=${lang}`);
      expect([lang, status, headers["content-language"], htmlOf(text)]).toEqual([
        ...[lang, 200, "en", '<html lang="en" dir="ltr">'],
      ]);
      expect(headers["x-evil"]).toBeUndefined();
      expect(text).not.toMatch(/<script>alert|<[^>]*"onload=alert/);
    }
    const accepted = [
      "__proto__",
      "constructor",
      ";;;,,,",
      "q=1",
      "*;q=nonsense",
      "a-".repeat(4000),
      "x,".repeat(4000),
    ];
    for (const accept of [...accepted, `${"x,".repeat(4000)}de`]) {
      const { status, headers } = await get("/login", accept);
      expect([accept.slice(0, 20), status, headers["content-language"]]).toEqual([
        accept.slice(0, 20),
        200,
        "en",
      ]);
    }
  });
});

describe("what is kept of a page", () => {
  const status = async (accept: string, path = "/") => {
    const { headers } = await get(path, accept);
    return [headers["content-language"], headers["cache-status"]];
  };

  it("is kept once for each language, however browsers ask for it, and given to nobody who asks for another", async () => {
    expect(await status("de")).toEqual(["de", "Antiphon; fwd=miss; stored"]);
    for (const accept of ["de", "de-DE", "de-AT,de;q=0.9,en;q=0.8", "tlh,de;q=0.1"])
      expect(await status(accept)).toEqual(["de", "Antiphon; hit"]);
    expect(await status("ar,de;q=0.9")).toEqual(["ar", "Antiphon; fwd=miss; stored"]);
    expect(await status("ar-EG")).toEqual(["ar", "Antiphon; hit"]);
    expect(await status("de")).toEqual(["de", "Antiphon; hit"]);
    const both = await Promise.all(["ar", "de", "ar-MA", "de-CH"].map((accept) => get("/", accept)));
    expect(both.map(({ text }) => htmlOf(text)?.slice(0, 15))).toEqual(
      ["ar", "de", "ar", "de"].map((code) => `<html lang="${code}"`),
    );
  });

  it("is one for a thousand languages that there are not", async () => {
    await get("/", "en");
    for (let n = 0; n < 100; n++) expect(await status(`x-${n};q=0.${n}`)).toEqual(["en", "Antiphon; hit"]);
  });

  it("is right for many languages that are asked for at once, while news come in", async () => {
    const asked = Array.from({ length: 90 }, (_, n) => codes[n % codes.length] ?? "en");
    const answers = await Promise.all(
      asked.map(async (code, n) => {
        if (n % 15 === 0)
          await request(server.url)
            .post("/api/comments")
            .send({ post: "react-hooks", comment: `News ${n}` });
        return get("/posts/react-hooks", code);
      }),
    );
    expect(answers.map(({ text }) => /<html lang="(\w+)"/.exec(text)?.[1])).toEqual(asked);
    expect(answers.map(({ headers }) => headers["content-language"])).toEqual(asked);
  });
});

describe("with a language for all", () => {
  it("nothing is negotiated, and other languages can still be asked for", async () => {
    const german = await startServer({ LANGUAGE: "de" });
    const page = (path: string) => request(german.url).get(path).set("Accept-Language", "fr");
    const { headers, text } = await page("/login");
    expect([headers["content-language"], headers.vary]).toEqual(["de", "Cookie"]);
    expect(htmlOf(text)).toContain('lang="de"');
    expect((await page("/nowhere")).headers).toMatchObject({ "content-language": "de" });
    expect((await page("/nowhere")).headers.vary ?? "").not.toContain("Accept-Language");
    expect((await page("/login?lang=ja")).headers["content-language"]).toBe("ja");
  });
});
