import type { Store } from "@/db/store";
import { openLink } from "@/lib/mail/links";
import type { Offer, Opened } from "@/lib/mail/offer";
import { DECISIONS } from "@/lib/mail/offers/decisions";
import { repliesConfirmation } from "@/lib/mail/offers/repliesConfirmation";
import { repliesEnd } from "@/lib/mail/offers/repliesEnd";
import { repliesRefusal } from "@/lib/mail/offers/repliesRefusal";
import { silence } from "@/lib/mail/offers/silence";

/** Every offer that the page /confirm can ask about. */
const OFFERS: readonly Pick<Offer<never>, "purpose" | "unsubscribes" | "open" | "take">[] = [
  silence,
  ...DECISIONS.map(({ offer }) => offer),
  repliesConfirmation,
  repliesRefusal,
  repliesEnd,
];

/** What the link with this token offers; null where it was used, is too old, or was never made. */
export async function findOffer(store: Store, token: string, now: number): Promise<Opened | null> {
  return (await offerOf(store, token, now)?.open(store, token, now)) ?? null;
}

/**
 * Does what the link with this token offers, `oneClick` only what ends mail. Returns its purpose; null where the link was
 * used, is too old, or was never made. Ending mail that has ended already is done, too.
 */
export async function takeOffer(
  store: Store,
  token: string,
  oneClick: boolean,
  now: number,
): Promise<string | null> {
  const offer = offerOf(store, token, now);
  if (offer === undefined || (oneClick && !offer.unsubscribes)) return null;
  return (await offer.take(store, token, now)) ? offer.purpose : null;
}

function offerOf(store: Store, token: string, now: number) {
  const purpose = openLink(store.secret, token, now)?.purpose;
  return OFFERS.find((one) => one.purpose === purpose);
}

/** Whether there are offers of that purpose. Once one was taken, the texts `purpose.done` and `purpose.doneText` say so. */
export function isOffer(purpose: string): boolean {
  return OFFERS.some((one) => one.purpose === purpose);
}
