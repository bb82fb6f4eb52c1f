import type { Store } from "@/db/store";
import { openLink } from "@/lib/mail/links";
import type { Done, Offer, Opened } from "@/lib/mail/offer";
import { DECISIONS } from "@/lib/mail/offers/decisions";
import { repliesConfirmation } from "@/lib/mail/offers/repliesConfirmation";
import { repliesEnd } from "@/lib/mail/offers/repliesEnd";
import { repliesRefusal } from "@/lib/mail/offers/repliesRefusal";
import { silence } from "@/lib/mail/offers/silence";

/** Every offer that the page /confirm can ask about. */
const OFFERS: readonly Pick<Offer<never>, "purpose" | "done" | "open">[] = [
  silence,
  ...DECISIONS.map(({ offer }) => offer),
  repliesConfirmation,
  repliesRefusal,
  repliesEnd,
];

/** What the link with this token offers; null where it was used, is too old, or was never made. */
export async function findOffer(
  store: Store,
  token: string,
  now: number,
): Promise<(Opened & { purpose: string; done: Done }) | null> {
  const purpose = openLink(store.secret, token, now)?.purpose;
  const offer = OFFERS.find((one) => one.purpose === purpose);
  const opened = offer && (await offer.open(store, token, now));
  return opened ? { ...opened, purpose: offer.purpose, done: offer.done } : null;
}

/** What is said once an offer of that purpose was taken; null for a purpose that there is not. */
export function findDone(purpose: string): Done | null {
  return OFFERS.find((one) => one.purpose === purpose)?.done ?? null;
}
