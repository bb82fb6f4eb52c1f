import autocannon from "autocannon";
import { cpuTime, say } from "./servers.mjs";

/** Rounds of all contestants in turn, so that a busy moment hurts all alike; the medians of each. */
export async function measure(contestants, rounds, seconds) {
  const results = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? "warming up" : `round ${round} of ${rounds}`);
    for (const [name, contestant] of Object.entries(contestants)) {
      const result = await load(contestant, seconds);
      if (round > 0) results[name].push(result);
    }
  }
  return Object.entries(results).map(([name, runs]) => ({
    name,
    rate: median(runs.map(({ rate }) => rate)),
    cpu: median(runs.map(({ cpu }) => cpu)),
  }));
}

async function load({ child, url, options = {} }, seconds) {
  const before = cpuTime(child);
  const result = await autocannon({ url, connections: 10, duration: seconds, ...options });
  const answered = result["2xx"];
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} errors`);
  return { rate: answered / result.duration, cpu: (cpuTime(child) - before) / answered };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
