import type { z } from "zod";
import type { Role } from "@/db/port/base";
import type { Delivery, Webhook, WebhookChange } from "@/db/port/webhooks";
import type { Store } from "@/db/store";
import { DAY, toInstant } from "@/db/time";
import { config } from "@/lib/config";
import { addressesOf, NotAllowed } from "@/lib/outbound/target";
import { invalid, Problem } from "@/lib/problems";
import {
  deliveryAnswer,
  type NewWebhookInput,
  type WebhookChangeInput,
  webhookAnswer,
} from "@/lib/schemas/webhooks";
import { requireFormat } from "@/lib/webhooks/formats";
import { makeSalt, messageId, toSecret } from "@/lib/webhooks/secrets";
import { toActor, type Who } from "@/lib/who";

type Admin = Who & { role: Role };
type WebhookAnswer = z.output<typeof webhookAnswer>;

const MOST = 50;

/** Makes a webhook, and returns it with its secret, which is not kept. Throws 400 for where it must not lead, 409. */
export async function createWebhook(
  store: Store,
  who: Admin,
  input: NewWebhookInput,
): Promise<WebhookAnswer & { secret: string }> {
  await requireTarget(input);
  const salt = makeSalt();
  const draft = { ...input, salt, createdAt: toInstant(Date.now()) };
  const made = await store.webhooks.create(draft, MOST, toActor(who));
  if (!made) throw new Problem("too_many_webhooks");
  return { ...toPublicWebhook(made), secret: toSecret(store.secret, salt) };
}

/** Changes a webhook; with its secret where that is another one now. Throws 400, 404. */
export async function changeWebhook(
  store: Store,
  who: Admin,
  id: number,
  { rotate, ...input }: WebhookChangeInput,
): Promise<WebhookAnswer & { secret?: string }> {
  const before = await requireWebhook(store, id);
  if (input.url !== undefined || input.format !== undefined) await requireTarget({ ...before, ...input });
  const now = Date.now();
  const rotation = rotate ? { salt: makeSalt(), formerUntil: toInstant(now + DAY) } : undefined;
  const change: WebhookChange = { ...input, ...(rotation && { rotation }) };
  const changed = await store.webhooks.change(id, change, toActor(who), toInstant(now));
  if (!changed) throw new Problem("webhook_not_found");
  return {
    ...toPublicWebhook(changed),
    ...(rotation && { secret: toSecret(store.secret, rotation.salt) }),
  };
}

/** Deletes it with all its deliveries, and returns it. Throws 404. */
export async function deleteWebhook(store: Store, who: Admin, id: number): Promise<WebhookAnswer> {
  const gone = await store.webhooks.delete(id, toActor(who), toInstant(Date.now()));
  if (!gone) throw new Problem("webhook_not_found");
  return toPublicWebhook(gone);
}

/** Throws 404. */
export async function requireWebhook(store: Store, id: number): Promise<Webhook> {
  const webhook = await store.webhooks.find(id);
  if (!webhook) throw new Problem("webhook_not_found");
  return webhook;
}

/** Sends a word to it, to try it out; the delivery says what came of it. Throws 404. */
export async function testWebhook(store: Store, id: number): Promise<z.output<typeof deliveryAnswer>> {
  const delivery = await store.webhooks.test(id, toInstant(Date.now()));
  if (!delivery) throw new Problem("webhook_not_found");
  return toPublicDelivery(store, delivery);
}

/** Sends a delivery once more, under the same id. Throws 404. */
export async function resend(
  store: Store,
  webhook: number,
  id: number,
): Promise<z.output<typeof deliveryAnswer>> {
  const delivery = await store.webhooks.resend(webhook, id, toInstant(Date.now()));
  if (!delivery) throw new Problem("delivery_not_found");
  return toPublicDelivery(store, delivery);
}

/** As admins see it. */
export function toPublicWebhook({
  formerUntil,
  salt: _,
  formerSalt: __,
  ...webhook
}: Webhook): WebhookAnswer {
  return webhookAnswer.parse({ ...webhook, formerSecretUntil: formerUntil });
}

/** As admins see it. */
export function toPublicDelivery(
  { secret }: Store,
  { event, dueAt, triedAt, ...delivery }: Delivery,
): z.output<typeof deliveryAnswer> {
  const id = messageId(secret, { id: event, at: delivery.at });
  return deliveryAnswer.parse({ ...delivery, messageId: id, nextAt: dueAt, lastAt: triedAt });
}

/** Throws 400 for an address that may not be called, or that the format can't use. Each sending looks again. */
async function requireTarget({ url, format }: Pick<Webhook, "url" | "format">): Promise<void> {
  const missing = requireFormat(format).missing(new URL(url));
  if (missing !== null) throw invalid("url", missing);
  try {
    await addressesOf(new URL(url), config().webhookAllow);
  } catch (error) {
    if (!(error instanceof NotAllowed)) throw error;
    throw invalid(
      "url",
      "Must be https:// on the public internet, without a port; WEBHOOK_ALLOW names addresses that may be called beside",
    );
  }
}
