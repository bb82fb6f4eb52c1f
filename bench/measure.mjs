import { load } from "./load.mjs";
import { say } from "./say.mjs";

/** Seconds of load until V8 has compiled what is hot. */
const WARM = 3;

/**
 * Rounds of all contestants in turn, so that a busy moment hurts all alike, after one to warm up; a row with the
 * medians of each. A contestant is a plan of load.mjs.
 */
export async function measure(contestants, { rounds, seconds, folder }) {
  say("  warming up");
  for (const plan of Object.values(contestants)) await load(plan, Math.max(WARM, seconds), folder);
  return inTurn(contestants, rounds, (plan) => load(plan, seconds, folder));
}

/** The medians of what `once` returns for each, by name. */
export async function inTurn(contestants, rounds, once) {
  const results = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    say(`  round ${round} of ${rounds}`);
    for (const [name, contestant] of Object.entries(contestants)) {
      results[name].push(await once(contestant));
    }
  }
  return Object.entries(results).map(([name, runs]) => ({
    name,
    ...Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))])),
  }));
}

const median = (numbers) =>
  numbers.includes(null) ? null : [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
