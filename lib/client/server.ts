import { at, toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, Query } from "@/lib/client/call";
import type { exportQuery } from "@/lib/schemas/exports";
import type * as shapes from "@/lib/schemas/server";

/** The server itself. */
export function server({ one, raw }: Caller) {
  return {
    /** `ready`: whether it asks the database, too. */
    health: ({ ready = false }: { ready?: boolean } = {}, options?: CallOptions) =>
      one<Answer<typeof shapes.healthAnswer>>(
        "GET",
        at("health") + toQuery(ready ? { ready } : {}),
        undefined,
        options,
      ),
    /** In the text format of Prometheus. For admins. */
    metrics: async (options?: CallOptions) =>
      (await raw("GET", at("metrics"), undefined, options, "text/plain")).text(),
    /** Everything, to be restored: `body` is a stream of JSON lines. For admins. */
    export: (query: Query<typeof exportQuery> = {}, options?: CallOptions) =>
      raw("GET", at("export") + toQuery(query), undefined, options, "application/x-ndjson"),
    hello: (options?: CallOptions) =>
      one<Answer<typeof shapes.helloAnswer>>("GET", at("hello"), undefined, options),
    openApi: (options?: CallOptions) =>
      one<Answer<typeof shapes.openApiAnswer>>("GET", at("openapi.json"), undefined, options),
  };
}
