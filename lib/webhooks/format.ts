import type { Call } from "@/lib/outbound/send";
import type { Message } from "@/lib/schemas/messages";

/** A way to say an event. */
export interface Format {
  /** What is missing in an address of this kind, as a sentence; null where nothing is. */
  missing(url: URL): string | null;
  /** The request that says it, but for what signs it. Pure. */
  toCall(message: Message, url: URL): Call;
}

const JSON_TYPE = { "Content-Type": "application/json" };

/** A POST of JSON. */
export function postJson(url: URL, body: object): Call {
  return { method: "POST", url, headers: JSON_TYPE, body: JSON.stringify(body) };
}
