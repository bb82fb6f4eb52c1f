import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { waitAfter } from "@/lib/outbound/schedule";
import type { Message } from "@/lib/schemas/messages";
import { isHopeless } from "@/lib/webhooks/failing";
import { requireFormat } from "@/lib/webhooks/formats";
import { keysOf, makeSalt, messageId, toSecret } from "@/lib/webhooks/secrets";
import { keyOf, sign } from "@/lib/webhooks/sign";

const secret = Buffer.alloc(32, 7);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

describe("a signature", () => {
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/javascript/src/index.test.ts
  it("is that of Standard Webhooks' own test", () => {
    const key = keyOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    const of = (keys: Buffer[]) =>
      sign(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}');
    const right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    expect(of([key])).toBe(right);
    expect(of([keyOf("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")])).toBe(right);
    expect(of([Buffer.alloc(32), key])).toMatch(/^v1,\S{44} v1,\S{44}$/);
    expect(of([Buffer.alloc(32), key]).split(" ")[1]).toBe(right);
  });

  it("is made by a secret of 32 bytes that no other webhook and no other database has", () => {
    const salts = Array.from({ length: 100 }, makeSalt);
    const secrets = new Set(salts.map((salt) => toSecret(secret, salt)));
    expect(secrets.size).toBe(100);
    for (const one of secrets) expect(keyOf(one)).toHaveLength(32);
    expect(toSecret(Buffer.alloc(32, 8), salts[0] ?? "")).not.toBe(toSecret(secret, salts[0] ?? ""));
  });

  it("is made by the former secret as well, until its time is over", () => {
    const webhook = { salt: "new", formerSalt: "old", formerUntil: "2026-06-02T00:00:00.000Z" };
    const [now, old] = [keyOf(toSecret(secret, "new")), keyOf(toSecret(secret, "old"))];
    expect(keysOf(secret, webhook, "2026-06-01T23:59:59.999Z")).toEqual([now, old]);
    expect(keysOf(secret, webhook, "2026-06-02T00:00:00.000Z")).toEqual([now]);
    expect(keysOf(secret, { ...webhook, formerSalt: null, formerUntil: null }, "")).toEqual([now]);
  });

  it("is over an id that is the event's alone, without a dot", () => {
    const at = "2026-06-01T10:00:00.000Z";
    const id = messageId(secret, { id: 1, at });
    expect(id).toMatch(/^msg_[\w-]{32}$/);
    expect(messageId(secret, { id: 1, at })).toBe(id);
    expect(messageId(secret, { id: 2, at })).not.toBe(id);
    // After a restore from a backup the same number can come again.
    expect(messageId(secret, { id: 1, at: "2026-06-01T10:00:00.001Z" })).not.toBe(id);
  });
});

describe("the next try", () => {
  it("comes later each time, by chance up to a fifth more, and after ten there is none", () => {
    const waits = [5000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, DAY];
    for (const [n, wait] of waits.entries()) {
      const got = Array.from({ length: 200 }, () => waitAfter(n + 1, null, 0) ?? 0);
      expect(Math.min(...got)).toBeGreaterThanOrEqual(wait);
      expect(Math.max(...got)).toBeLessThanOrEqual(wait * 1.2);
      expect(new Set(got).size).toBeGreaterThan(100);
    }
    expect(waitAfter(10, null, 0)).toBeNull();
    expect(waitAfter(11, "5", 0)).toBeNull();
  });

  it("does not come before the receiver wants it, within a day", () => {
    const now = Date.parse("2026-06-01T10:00:00Z");
    expect(waitAfter(1, "120", now)).toBe(120_000);
    expect(waitAfter(1, "Mon, 01 Jun 2026 11:00:00 GMT", now)).toBe(HOUR);
    expect(waitAfter(1, "999999999", now)).toBe(DAY);
    for (const odd of ["-1", "soon", "", "1e9", "Mon, 01 Jun 2020 11:00:00 GMT"])
      expect(waitAfter(1, odd, now)).toBeLessThanOrEqual(6000);
  });

  it("is given up with the webhook once that failed for five days", () => {
    const now = Date.parse("2026-06-06T10:00:00Z");
    expect(isHopeless(null, now)).toBe(false);
    expect(isHopeless("2026-06-01T10:00:00.001Z", now)).toBe(false);
    expect(isHopeless("2026-06-01T10:00:00.000Z", now)).toBe(true);
  });
});

/** A new comment whose author, text and post's title say these things. */
function message(
  author: string,
  html: string,
  title = "Hello",
  url = "https://blog.example/a#comment-1",
): Message {
  return {
    id: "msg_1",
    type: "comment.created",
    timestamp: "2026-06-01T10:00:00.000Z",
    data: { comment: { id: 1, post: 1, author, html, url }, post: { id: 1, slug: "a", title, url } },
  };
}

function say(format: string, url: string, ...said: Parameters<typeof message>) {
  const call = requireFormat(format).toCall(message(...said), new URL(url));
  return { ...call, json: format === "ntfy" ? null : JSON.parse(call.body) };
}

const slack = (...said: Parameters<typeof message>) =>
  say("slack", "https://hooks.slack.com/services/x", ...said);
const discord = (...said: Parameters<typeof message>) =>
  say("discord", "https://discord.com/api/webhooks/1/x", ...said);
const telegram = (...said: Parameters<typeof message>) =>
  say("telegram", "https://api.telegram.org/bot1:x/sendMessage?chat_id=-100&message_thread_id=2", ...said);
const room = "https://matrix.example/_matrix/client/v3/rooms/!a:matrix.example/send/m.room.message";
const matrix = (...said: Parameters<typeof message>) => say("matrix", `${room}?access_token=syt_x`, ...said);
const ntfy = (...said: Parameters<typeof message>) => say("ntfy", "https://ntfy.sh/topic", ...said);

describe("a chat is told in a few words", () => {
  const said = ["Ada", "<p>Nice <em>post</em> &amp; more</p>"] as const;
  const link = "https://blog.example/a#comment-1";
  const title = "New comment by Ada on “Hello”";

  it("Slack, as text without markup", () => {
    expect(slack(...said).json).toEqual({
      text: `${title}\nNice post &amp; more\n${link}`,
      mrkdwn: false,
      parse: "none",
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  it("Discord, with no mention and no preview", () => {
    expect(discord(...said).json).toEqual({
      content: `${title}\nNice post & more\n<${link}>`,
      allowed_mentions: { parse: [] },
      flags: 4,
    });
  });

  it("Telegram, in the chat that the address names", () => {
    const { json, url } = telegram(...said);
    expect(json).toEqual({
      chat_id: "-100",
      text: `${title}\nNice post & more\n${link}`,
      link_preview_options: { is_disabled: true },
    });
    expect(url.href).toBe("https://api.telegram.org/bot1:x/sendMessage?message_thread_id=2");
  });

  it("Matrix, with the token in a header and the id as the transaction's", () => {
    const { json, url, method, headers } = matrix(...said);
    expect(json).toEqual({
      msgtype: "m.notice",
      body: `${title}\nNice post & more\n${link}`,
      "m.mentions": {},
    });
    expect([method, url.href, headers.Authorization]).toEqual(["PUT", `${room}/msg_1`, "Bearer syt_x"]);
  });

  it("ntfy, with what people wrote in the body alone", () => {
    const { body, headers } = ntfy(...said);
    expect(body).toBe(`${title}\nNice post & more`);
    expect(headers).toEqual({ "Content-Type": "text/plain; charset=utf-8", Click: link });
  });
});

describe("a commenter's words stay words", () => {
  it("in Slack: no mention of everybody, no link behind other words", () => {
    const { text } = slack(
      "<!channel>",
      "<p>&lt;!here&gt; &lt;@U1&gt; &lt;https://evil.example|click&gt; &amp;lt;</p>",
    ).json;
    expect(text).not.toMatch(/[<>]/);
    expect(text).toContain("&lt;!channel&gt;");
    expect(text).toContain("&lt;!here&gt; &lt;@U1&gt; &lt;https://evil.example|click&gt; &amp;lt;");
  });

  it("in Discord: no markup, no mention, no link behind other words, no end of ours", () => {
    const { content, allowed_mentions } = discord(
      "@everyone **x**",
      "<p>[click](https://evil.example) &lt;@1&gt; `x` ||y|| # z</p>",
      "T",
      "https://blog.example/a>b",
    ).json;
    expect(allowed_mentions).toEqual({ parse: [] });
    const [first, second, third] = content.split("\n");
    for (const line of [first, second]) expect(line.replace(/\\[\s\S]/g, "")).not.toMatch(/[*_~`|<>[\]()#@]/);
    expect(third).toBe("<https://blog.example/a%3Eb>");
  });

  it("in Telegram: plain text, and nobody is called", () => {
    const { json } = telegram("@ada", "<p>@everybody *x* &lt;b&gt;</p>");
    expect(json).not.toHaveProperty("parse_mode");
    expect(json.text).not.toMatch(/@\w/);
  });

  it("in Matrix: plain text, and nobody is called", () => {
    const { json } = matrix("@room", "<p>@room &lt;b&gt;</p>");
    expect(json).not.toHaveProperty("formatted_body");
    expect(json["m.mentions"]).toEqual({});
  });

  it.each(["slack", "discord", "telegram", "matrix", "ntfy"])(
    "in %s: one line each, short, and nothing that turns the text around; no header can be broken",
    (format) => {
      const urls: Record<string, string> = {
        telegram: "https://api.telegram.org/bot1:x/sendMessage?chat_id=1",
        matrix: `${room}?access_token=x`,
        ntfy: "https://ntfy.sh/topic",
      };
      fc.assert(
        fc.property(
          ...[
            fc.string({ unit: "binary", maxLength: 2000 }),
            fc.string({ unit: "binary", maxLength: 2000 }),
            fc.string({ unit: "binary", maxLength: 2000 }),
            fc.webUrl({ withFragments: true, withQueryParameters: true }),
          ],
          (author, text, title, url) => {
            const html = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
            const call = say(format, urls[format] ?? "https://chat.example/x", author, html, title, url);
            const shown: string = call.json
              ? (call.json.text ?? call.json.content ?? call.json.body)
              : call.body;
            const lines = shown.split("\n");
            expect(lines.length).toBeLessThanOrEqual(3);
            expect(lines.slice(0, 2).join("")).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
            expect([...lines.slice(0, 2).join("\n")].length).toBeLessThan(1200);
            for (const value of Object.values(call.headers)) expect(value).toMatch(/^[\x20-\x7e]*$/);
          },
        ),
        { numRuns: 200 },
      );
    },
  );
});
