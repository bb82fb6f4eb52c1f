import { load } from "./load.mjs";
import { say } from "./say.mjs";

/** Seconds of load in each round before the measured ones. */
const WARM = 3;
/** How much cheaper a request must have become for the warming up to go on, and how many rounds without that end it. */
const CHEAPER = 0.95;
const STEADY = 2;
const MOST_ROUNDS = 12;

/**
 * Rounds of all contestants in turn, so that a busy moment hurts all alike, once all are warm; a row with the medians
 * of each. A contestant is a plan of load.mjs.
 */
export async function measure(contestants, { rounds, seconds, folder }) {
  await warm(contestants, folder);
  return inTurn(contestants, rounds, (plan) => load(plan, seconds, folder));
}

/**
 * Until no contestant gets cheaper: V8 compiles what runs often first, so what one request in twenty does, or half as
 * many in each of two processes, is slow for much longer.
 */
async function warm(contestants, folder) {
  const best = new Map();
  for (let round = 1, steady = 0; steady < STEADY && round <= MOST_ROUNDS; round++) {
    say(`  warming up, round ${round}`);
    steady++;
    for (const [name, plan] of Object.entries(contestants)) {
      const { cpu, rate } = await load(plan, WARM, folder);
      const [cost, before] = [cpu ?? 1e6 / rate, best.get(name) ?? Number.POSITIVE_INFINITY];
      if (cost < before * CHEAPER) steady = 0;
      best.set(name, Math.min(cost, before));
    }
  }
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
