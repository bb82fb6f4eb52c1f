import { at, toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions } from "@/lib/client/call";
import type * as shapes from "@/lib/schemas/links";

/** What links that came by mail are for. */
export function links({ one, address }: Caller) {
  return {
    /** Does it. */
    use: (token: string, options?: CallOptions) =>
      one<Answer<typeof shapes.linkUsedAnswer>>("POST", at("confirm"), { token }, options),
    /** The address that leads to the page which asks first. */
    page: (token: string) => address(at("confirm") + toQuery({ token })),
  };
}
