import { type Format, postJson } from "@/lib/webhooks/format";

/** The event itself, after Standard Webhooks: `type`, `timestamp` and `data`. */
export const standard: Format = {
  missing: () => null,
  toCall: ({ type, timestamp, data }, url) => postJson(url, { type, timestamp, data }),
};
