import { DAY } from "@/db/time";

/** How long a webhook may fail, without a success between, until it is turned off. */
const FAILING = 5 * DAY;

/** Whether a webhook that fails once more has failed for too long. */
export function isHopeless(failingSince: string | null, now: number): boolean {
  return failingSince !== null && now - Date.parse(failingSince) >= FAILING;
}
