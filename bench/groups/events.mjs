import { ask } from "../ask.mjs";
import { COMMENT } from "../data/threads.mjs";
import { database, HOT } from "../databases.mjs";
import { inTurn } from "../measure.mjs";
import { cpuTime, memory } from "../processes.mjs";
import { say } from "../say.mjs";
import { antiphon, bareEvents } from "../servers.mjs";
import { Streams } from "../streams.mjs";

const STREAMS = 1000;
const [ours, bare, held] = ["Antiphon", "bare node:http", "1,000 open streams, what they hold"];

/** Events to many who watch. */
export const events = {
  name: "events",
  title: "A comment to 1,000 open streams",
  note: "Each comment is posted once the one before has reached all. Beside bare `node:http`, which sends the same bytes with `res.write` as soon as it is told. The time is from the answer to the POST to the last stream that has it; the CPU is that for each event that a stream got, the POST included.",
  bars: [
    { what: "an event to 1,000 streams", of: ours, than: bare, by: "cpu", atMost: 1.5 },
    { what: "… and until the last one has it", of: ours, than: bare, by: "last", atMost: 1.5 },
    { what: "1,000 open streams", of: held, by: "memory", atMost: 100 },
  ],

  async measure(bench) {
    const bounds = { MAX_STREAMS_PER_ADDRESS: String(STREAMS + 10) };
    const server = await antiphon({ ...database(bench.folder, "thousand", "events"), ...bounds });
    const path = `/api/comments/${HOT}/events`;
    const first = await Streams.open(server.origin, path, 50);
    await tell(contestant(server, first));
    first.close();
    const before = memory(server.pid);
    const watching = contestant(server, await Streams.open(server.origin, path, STREAMS));
    const frame = await tell(watching);
    const holds = before === null ? null : memory(server.pid) - before;
    const other = await bareEvents();
    const beside = contestant(other, await Streams.open(other.origin, "/events", STREAMS), frame);
    const contestants = { [ours]: watching, [bare]: beside };
    say("  warming up");
    for (const one of Object.values(contestants)) await run(one, bench.seconds);
    const rows = await inTurn(contestants, bench.rounds, (one) => run(one, bench.seconds));
    for (const { streams } of Object.values(contestants)) streams.close();
    return [...rows, { name: held, memory: holds }];
  },
};

/** `frame`: what to post, where it is not a comment of our own. */
function contestant(server, streams, frame) {
  return { server, streams, frame };
}

/** For some seconds; the medians are those of the comments. */
async function run(one, seconds) {
  const lags = [];
  const before = cpuTime(one.server.pid);
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) lags.push(await time(one));
  const cpu = before === null ? null : (cpuTime(one.server.pid) - before) / (lags.length * STREAMS);
  return { cpu, last: lags.sort((a, b) => a - b)[Math.floor(lags.length / 2)] };
}

/** Posts one comment; how long after its answer the last stream has it, in milliseconds. */
async function time(one) {
  const { streams } = one;
  const wanted = streams.heard + streams.size;
  const posted = post(one).then(() => performance.now());
  await streams.hears(wanted);
  return Math.max(0, performance.now() - (await posted));
}

/** The same, and the event that went out for it. */
async function tell(one) {
  const wanted = one.streams.heard + one.streams.size;
  const comment = await post(one);
  await one.streams.hears(wanted);
  return `id: 100000-AAAAAAAAAA\nevent: comment.created\ndata: ${comment}\n\n`;
}

let posted = 0;

async function post({ server, frame }) {
  const json = () => JSON.stringify({ author: "Reader", comment: `${COMMENT}\n\n${++posted} ${Date.now()}` });
  const { status, body } = await ask(`${server.origin}/api/comments/${HOT}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: frame ?? json(),
  });
  if (status !== 201) throw new Error(`POST is answered ${status}: ${body}`);
  return body;
}
