import { at, toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, Input, Query } from "@/lib/client/call";
import type * as shapes from "@/lib/schemas/webhooks";

type Webhook = Answer<typeof shapes.webhookAnswer>;
type Delivery = Answer<typeof shapes.deliveryAnswer>;

/** Where events are sent to. For admins. */
export function webhooks({ one, list }: Caller) {
  return {
    list: (query: Query<typeof shapes.webhooksQuery> = {}, options?: CallOptions) =>
      list<Webhook>(at("webhooks") + toQuery(query), options),
    get: (id: number, options?: CallOptions) => one<Webhook>("GET", at("webhooks", id), undefined, options),
    /** The only answer that holds the secret. */
    create: (webhook: Input<typeof shapes.newWebhook>, options?: CallOptions) =>
      one<Answer<typeof shapes.webhookCreatedAnswer>>("POST", at("webhooks"), webhook, options),
    change: (id: number, change: Input<typeof shapes.webhookChange>, options?: CallOptions) =>
      one<Answer<typeof shapes.webhookChangedAnswer>>("PATCH", at("webhooks", id), change, options),
    delete: (id: number, options?: CallOptions) =>
      one<Answer<typeof shapes.webhookDeletedAnswer>>("DELETE", at("webhooks", id), undefined, options),
    deliveries: (id: number, query: Query<typeof shapes.webhooksQuery> = {}, options?: CallOptions) =>
      list<Delivery>(at("webhooks", id, "deliveries") + toQuery(query), options),
    /** Once more, under the same id. */
    resend: (id: number, delivery: number, options?: CallOptions) =>
      one<Delivery>("POST", at("webhooks", id, "deliveries", delivery, "resend"), undefined, options),
    test: (id: number, options?: CallOptions) =>
      one<Delivery>("POST", at("webhooks", id, "test"), undefined, options),
  };
}
