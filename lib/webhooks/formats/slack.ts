import { toDigest } from "@/lib/webhooks/digest";
import { type Format, postJson } from "@/lib/webhooks/format";

/** What has a meaning in Slack's text: with these three escaped no mention, link or command is left. */
function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** A Slack incoming webhook. https://docs.slack.dev/messaging/formatting-message-text */
export const slack: Format = {
  missing: () => null,
  toCall: (message, url) => {
    const { title, excerpt, link } = toDigest(message);
    const lines = [title, excerpt, link].filter((line) => line !== null);
    const text = lines.map(escapeText).join("\n");
    // Neither markup nor names are looked for, and no link shows what is behind it.
    const plain = {
      mrkdwn: false,
      parse: "none",
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
    };
    return postJson(url, { text, ...plain });
  },
};
