import { toDigest } from "@/lib/webhooks/digest";
import { type Format, postJson } from "@/lib/webhooks/format";

/** Of a message, so that links show nothing of what is behind them. */
const SUPPRESS_EMBEDS = 4;

/** Every character that begins Markdown, a mention, a time or an emoji. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_~|>#\-+[\](){}<@:!.]/g, "\\$&");
}

/** A Discord webhook. https://docs.discord.com/developers/resources/webhook#execute-webhook */
export const discord: Format = {
  missing: () => null,
  toCall: (message, url) => {
    const { title, excerpt, link } = toDigest(message);
    const said = [title, excerpt].filter((line) => line !== null).map(escapeText);
    const content = [...said, ...(link === null ? [] : [`<${link.replace(/>/g, "%3E")}>`])].join("\n");
    return postJson(url, { content, allowed_mentions: { parse: [] }, flags: SUPPRESS_EMBEDS });
  },
};
