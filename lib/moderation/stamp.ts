import { keyed, same } from "@/lib/secrets";

/** A form that was open for less is not filled in by hand. */
export const TOO_FAST = 3000;
/** An older stamp says nothing: the page may come from anybody's cache. */
const TOO_OLD = 24 * 60 * 60 * 1000;

/** Says, so that nobody can forge it, when a form was made. */
export function makeStamp(secret: Buffer, now: number): string {
  const time = now.toString(36);
  return `${time}.${keyed(secret, "stamp", time).slice(0, 22)}`;
}

/** How long ago, in milliseconds, a form with this stamp was made; null for an old one. `forged`: not by this server. */
export function ageOf(stamp: string, secret: Buffer, now: number): number | null | "forged" {
  const [time = ""] = stamp.split(".", 1);
  const made = Number.parseInt(time, 36);
  if (!/^[0-9a-z]{1,12}$/.test(time) || !same(stamp, makeStamp(secret, made))) return "forged";
  const age = now - made;
  return age > TOO_OLD ? null : age;
}
