import { load } from "./load.mjs";
import { say } from "./say.mjs";

/**
 * Rounds of all contestants in turn, so that a busy moment hurts all alike, after one to warm up; a row with the
 * medians of each. A contestant is a plan of load.mjs.
 */
export async function measure(contestants, { rounds, seconds, folder }) {
  return inTurn(contestants, rounds, (plan) => load(plan, seconds, folder), true);
}

/** The medians of what `once` returns for each, by name. */
export async function inTurn(contestants, rounds, once, warm = false) {
  const results = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = warm ? 0 : 1; round <= rounds; round++) {
    say(round === 0 ? "  warming up" : `  round ${round} of ${rounds}`);
    for (const [name, contestant] of Object.entries(contestants)) {
      const result = await once(contestant);
      if (round > 0) results[name].push(result);
    }
  }
  return Object.entries(results).map(([name, runs]) => ({
    name,
    ...Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))])),
  }));
}

const median = (numbers) =>
  numbers.includes(null) ? null : [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
