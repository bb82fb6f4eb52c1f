import { toDigest } from "@/lib/webhooks/digest";
import { type Format, postJson } from "@/lib/webhooks/format";

/** A name behind an @ is a mention also in plain text; with a word joiner between it is none. */
function escapeText(text: string): string {
  return text.replace(/@/g, "@\u2060");
}

/** A Telegram bot: https://api.telegram.org/bot…/sendMessage?chat_id=…. https://core.telegram.org/bots/api#sendmessage */
export const telegram: Format = {
  missing: ({ searchParams }) =>
    searchParams.get("chat_id") ? null : "Must name the chat: …/sendMessage?chat_id=…",
  toCall: (message, url) => {
    const { title, excerpt, link } = toDigest(message);
    const said = [title, excerpt].filter((line) => line !== null).map(escapeText);
    const bare = new URL(url);
    bare.searchParams.delete("chat_id");
    // Without a parse_mode it is plain text.
    return postJson(bare, {
      chat_id: url.searchParams.get("chat_id"),
      text: [...said, ...(link === null ? [] : [link])].join("\n"),
      link_preview_options: { is_disabled: true },
    });
  },
};
