import { at } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, Input } from "@/lib/client/call";
import type * as shapes from "@/lib/schemas/hooks";

/** The headers of Standard Webhooks, as its libraries make them for the very bytes of the body. */
interface Signature {
  "webhook-id": string;
  "webhook-timestamp": string;
  "webhook-signature": string;
}

/** Messages from a CMS about its posts. */
export function hooks({ one }: Caller) {
  return {
    /** `signature` is asked for with the body as it is sent. */
    posts: async (
      message: Input<typeof shapes.hookMessage>,
      signature: (body: string) => Signature | Promise<Signature>,
      options?: CallOptions,
    ) =>
      one<Answer<typeof shapes.hookAnswer>>("POST", at("hooks", "posts"), message, {
        ...options,
        headers: await signature(JSON.stringify(message)),
      }),
  };
}
