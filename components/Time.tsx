const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** An instant (ISO 8601) in UTC. Not by Intl: the server's and the browser's may differ, and React would object. */
export function Time({ at, only }: { at: string; only?: "day" }) {
  const date = new Date(at);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return <time dateTime={at}>{only === "day" ? day : `${day}, ${at.slice(11, 16)} UTC`}</time>;
}
