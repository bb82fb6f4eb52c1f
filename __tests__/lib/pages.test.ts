import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { pageKey, toPageUrl, withoutTracking } from "@/lib/pages";

const keyOf = (url: string) => pageKey(new URL(url));

describe("the key of a page", () => {
  it.each([
    "https://blog.example/hello",
    "http://blog.example/hello",
    "https://BLOG.example/hello",
    "https://blog.example./hello",
    "https://blog.example:443/hello",
    "http://blog.example:80/hello",
    "https://blog.example/hello/",
    "https://blog.example//hello",
    "https://blog.example/hello#comments",
    "https://blog.example/hello?",
    "https://blog.example/x/../hello",
    "https://blog.example/%68ello",
    "https://blog.example/hello?utm_source=mail&UTM_Campaign=x",
    "https://blog.example/hello?fbclid=1&gclid=2&msclkid=3&igshid=4&ttclid=5&twclid=6&li_fat_id=7&srsltid=8",
    "https://blog.example/hello?mc_cid=1&_hsenc=2&mkt_tok=3&pk_campaign=4&mtm_source=5&_ga=6&yclid=7&ysclid=8",
  ])("is the same for %s", (url) => {
    expect(keyOf(url)).toBe("blog.example/hello");
  });

  it.each([
    ["https://blog.example/Hello", "blog.example/Hello"],
    ["https://blog.example:8443/hello", "blog.example:8443/hello"],
    ["https://www.blog.example/hello", "www.blog.example/hello"],
    ["https://blog.example/hello/index.html", "blog.example/hello/index.html"],
    ["https://blog.example/hello?page=2", "blog.example/hello?page=2"],
    ["https://blog.example/?b=2&a=1&utm_x=3", "blog.example?a=1&b=2"],
    ["https://blog.example/hello?ref=x", "blog.example/hello?ref=x"],
    ["https://blog.example/a%2fb", "blog.example/a%2Fb"],
    ["https://blog.example/K%c3%bche", "blog.example/K%C3%BChe"],
    ["https://blog.example/Kühe", "blog.example/K%C3%BChe"],
    ["https://bücher.example/", "xn--bcher-kva.example"],
    ["https://blog.example", "blog.example"],
  ])("of %s is %s", (url, key) => {
    expect(keyOf(url)).toBe(key);
  });

  it("is its own key", () => {
    const part = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 8 }),
      fc.constantFrom("%", "%2f", "%2E", "%zz", "..", ".", "//", "utm_x=1", "a=1&a=2", "+", ";", "\\"),
    );
    const url = fc
      .tuple(
        fc.constantFrom("http", "https"),
        fc.constantFrom("blog.example", "BLOG.example.", "x.example:80", "x.example:443", "[::1]:3000"),
        fc.array(part),
        fc.array(part),
      )
      .map(([scheme, host, path, query]) => `${scheme}://${host}/${path.join("/")}?${query.join("&")}`)
      .filter((text) => toPageUrl(text) !== null)
      // Blanks at the end are no part of an address, and would be one with something behind them.
      .map((text) => new URL(text).href);
    fc.assert(
      fc.property(url, (text) => {
        const key = keyOf(text);
        expect(keyOf(`https://${key}`)).toBe(key);
        expect(keyOf(withoutTracking(new URL(text)).href)).toBe(key);
        expect(keyOf(`${text}#x`)).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });
});
