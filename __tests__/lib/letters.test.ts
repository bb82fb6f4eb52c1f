import { describe, expect, test } from "@jest/globals";
import { parseFragment } from "parse5";
import { compose } from "@/lib/mail/compose";
import type { Letter } from "@/lib/mail/letter";
import { isAddress, mailServer, sender } from "@/lib/mail/server";

const BASE = "https://comments.example";
const letter = (more: Partial<Letter>) => compose({ subject: "Subject", blocks: [], ...more }, BASE);

/** Without what breaks addresses up. */
const shown = (text: string) => text.replaceAll("\u200B", "");

describe("a letter", () => {
  test.each([
    "https://evil.example/x?y=z",
    "HTTP://EVIL.EXAMPLE",
    "www.evil.example",
    "evil.example/path",
    "bob@evil.example",
    "mailto:bob@evil.example",
    "https://1.2.3.4/",
    "https://bücher.example",
    "evil。example",
    "javascript:alert(1)",
    "tel:+123456",
  ])("has nothing in it that a mail program would make a link of: %s", (words) => {
    const { text, html } = letter({ blocks: [{ quote: `See ${words} now` }, { text: `By ${words}` }] });
    for (const part of [text, html]) {
      expect(shown(part)).toContain(words);
      expect(part).not.toMatch(
        /\w:\/\/|www\.\w|[\p{L}\p{N}][.@。][\p{L}\p{N}]|(?:mailto|tel|javascript):[^\u200B\s]/iu,
      );
    }
  });

  test("escapes all that is text", () => {
    const wicked = `<img src=x onerror=alert(1)> & "quoted" 'single' </blockquote><a href="//evil">`;
    const { html } = letter({
      blocks: [{ text: wicked }, { quote: wicked }, { links: [{ label: wicked, path: `/a"b` }] }],
    });
    expect(html).not.toMatch(/<img|<a href="\/\/|<\/blockquote><a/);
    expect(html).toContain("&lt;img");
    expect(html).toContain('href="https://comments.example/a%22b"');
    expect(
      JSON.stringify(parseFragment(html), (key, value) => (key === "parentNode" ? undefined : value)),
    ).not.toContain('"img"');
  });

  test.each(["https://evil.example/", "@evil.example", "/\\evil.example".slice(1), ""])(
    "has no link to %j",
    (path) => {
      expect(() => letter({ blocks: [{ links: [{ label: "There", path }] }] })).toThrow();
    },
  );

  test("has a subject of one line, without what hides or turns around", () => {
    const { subject } = letter({ subject: "A\r\nBcc: eve@example.org\u0000\u202Eb\u2028c\td " });
    expect(subject).toBe("A Bcc: eve@example.org b c d");
    expect([...letter({ subject: "😀".repeat(500) }).subject]).toHaveLength(150);
  });

  test("has nothing in its subject that a mail program would decode", () => {
    expect(letter({ subject: "=?utf-8?q?=E2=80=AE?= =\u200B?x" }).subject).not.toContain("=?");
  });

  test("that can be ended says so to people and to mail programs", () => {
    const { text, headers } = letter({ unsubscribe: "TOKEN" });
    expect(text).toContain("https://comments.example/confirm?token=TOKEN");
    expect(headers["List-Unsubscribe"]).toBe("<https://comments.example/api/confirm?token=TOKEN>");
    expect(headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
    expect(letter({}).headers).not.toHaveProperty("List-Unsubscribe");
  });
});

describe("SMTP_URL", () => {
  test.each([
    [
      "smtp://a:b@mail.example",
      { host: "mail.example", port: 587, tls: "required", login: { user: "a", pass: "b" } },
    ],
    ["smtps://mail.example", { host: "mail.example", port: 465, tls: "first", login: null }],
    ["smtp://mail.example:25?tls=off", { host: "mail.example", port: 25, tls: "off", login: null }],
    ["smtp://localhost:1025", { host: "localhost", port: 1025, tls: "off", login: null }],
    ["smtp://[::1]:25", { host: "::1", port: 25, tls: "off", login: null }],
    ["smtp://127.0.0.9", { host: "127.0.0.9", port: 587, tls: "off", login: null }],
    ["smtp://127.evil.example", { host: "127.evil.example", port: 587, tls: "required", login: null }],
    ["smtps://localhost", { host: "localhost", port: 465, tls: "first", login: null }],
    [
      "smtp://a%40b:c%3Ad%2F@mail.example",
      { host: "mail.example", port: 587, tls: "required", login: { user: "a@b", pass: "c:d/" } },
    ],
  ])("%s", (text, expected) => {
    expect(mailServer.parse(text)).toEqual(expected);
  });

  test.each([
    "smtp://",
    "smtp://a:%0d%0aRCPT@h",
    "smtp://h/path",
    "smtp://h#x",
    "smtps://h?tls=off",
    "smtp://h?tls=on",
    "smtp://:b@h",
    "smtp://a:%zz@h",
  ])("can't be %s", (text) => {
    expect(mailServer.safeParse(text).success).toBe(false);
  });
});

test("MAIL_FROM is an address, or a name and an address", () => {
  expect(sender.parse("a@b.example")).toEqual({ name: "", address: "a@b.example" });
  expect(sender.parse('"Blög, the" <a@b.example>')).toEqual({ name: "Blög, the", address: "a@b.example" });
  expect(sender.parse("Blog <a@b.example>")).toEqual({ name: "Blog", address: "a@b.example" });
  for (const wrong of [
    "",
    "Blog",
    "<>",
    "a@b.example, c@d.example",
    "A <a@b.example> B",
    "A\nB <a@b.example>",
  ])
    expect(sender.safeParse(wrong).success).toBe(false);
});

test.each([
  "a@b.example>\r\nx",
  "a@b.c, d@e.example",
  '"a b"@c.example',
  "a@b.example ",
  "<a@b.example>",
  "a",
  `${"a".repeat(250)}@b.example`,
])("%j is no address to send to", (text) => {
  expect(isAddress(text)).toBe(false);
});
