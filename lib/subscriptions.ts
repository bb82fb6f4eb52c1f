import type { Scope } from "@/db/port/subscriptions";
import type { Person } from "@/db/port/users";
import type { NewComment, Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { config } from "@/lib/config";
import { invalid, Problem } from "@/lib/problems";
import type { SubscriptionAnswer, SubscriptionChangeInput } from "@/lib/schemas/subscriptions";

/** What came of the wish to hear of replies. `asked`: a message asks to confirm it, once the comment is shown. */
export type Notified = "asked" | "on" | "off";

/** What a comment's author wants to hear of, and where. Throws 400 where there is no address. */
export function toWish(
  scope: Scope | null,
  person: Pick<Person, "id" | "email"> | null,
  email: string | null,
): NewComment["notify"] {
  if (scope === null) return null;
  const address = person ? person.email : email;
  if (address === null) throw invalid("notify", "To hear of replies, an e-mail address is needed");
  return { scope, to: person ? { user: person.id } : { address } };
}

/** The same for every guest, whatever is known of the address. */
export async function notifiedOf(store: Store, person: Pick<Person, "id"> | null): Promise<Notified> {
  if (config().mail === null) return "off";
  const reader = person && (await store.subscriptions.readerOf(person.id));
  return reader?.proven ? "on" : "asked";
}

/** What a reader hears of, for an answer. Nobody (null) hears of nothing. */
export async function listSubscriptions(store: Store, reader: number | null): Promise<SubscriptionAnswer[]> {
  const all = reader === null ? [] : await store.subscriptions.list(reader);
  return all.map(({ scope, ...rest }) => ({ ...rest, notify: scope }));
}

/** Changes or ends one of a reader's subscriptions, or all. Throws 404 where there is none of that id. */
export async function changeSubscriptions(
  store: Store,
  reader: number | null,
  { id, notify, pace }: Omit<SubscriptionChangeInput, "token">,
): Promise<void> {
  const which = id === undefined ? "all" : { id };
  const change = { scope: notify === "off" ? undefined : notify, pace };
  const done =
    reader !== null &&
    (notify === "off"
      ? await store.subscriptions.end(reader, which)
      : await store.subscriptions.change(reader, which, change, toInstant(Date.now())));
  if (!done && id !== undefined) throw new Problem("subscription_not_found");
}
