/** A number as Prometheus reads it. */
interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Exposition {
  samples: Sample[];
  /** The type of each family. */
  types: Map<string, string>;
  /** The sum of the samples of that name that have these labels; 0 where there is none. */
  sum(name: string, labels?: Record<string, string>): number;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LINE = new RegExp(`^(${NAME})(?:\\{([^\\n]*)\\})? (NaN|[+-]?(?:Inf|\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?))$`);
const PAIR = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

/**
 * Reads the text format of Prometheus, 0.0.4. Throws for whatever is not of it: each family has one HELP and one TYPE
 * before its samples, which stand together, and no sample comes twice.
 */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith("\n")) throw new Error("The last line has no end");
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const seen = new Set<string>();
  let current = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const [, kind, about = "", said = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === "HELP") {
      if (helps.has(about)) throw new Error(`Twice: ${line}`);
      helps.add(about);
      current = about;
    } else if (kind === "TYPE") {
      if (about !== current || types.has(about) || !/^(counter|gauge|histogram)$/.test(said))
        throw new Error(`Out of place: ${line}`);
      types.set(about, said);
    } else {
      const sample = parseSample(line);
      const family = sample.name.replace(/_(bucket|sum|count)$/, "");
      const histogram = types.get(current) === "histogram";
      if (sample.name !== current && !(histogram && family === current))
        throw new Error(`Out of place: ${line}`);
      const key = line.replace(/ \S+$/, "");
      if (seen.has(key)) throw new Error(`Twice: ${line}`);
      seen.add(key);
      samples.push(sample);
    }
  }
  const sum = (name: string, labels: Record<string, string> = {}) =>
    samples
      .filter(
        (one) =>
          one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
      )
      .reduce((total, { value }) => total + value, 0);
  return { samples, types, sum };
}

function parseSample(line: string): Sample {
  const [, name, inside = "", value = ""] = LINE.exec(line) ?? [];
  if (name === undefined) throw new Error(`Not a sample: ${line}`);
  const labels: Record<string, string> = {};
  PAIR.lastIndex = 0;
  for (let end = 0; end < inside.length; end = PAIR.lastIndex) {
    const [, label, text] = PAIR.exec(inside) ?? [];
    if (label === undefined || text === undefined || label in labels) throw new Error(`Not labels: ${line}`);
    labels[label] = text.replace(/\\([^\n])/g, (_all, one: string) => (one === "n" ? "\n" : one));
  }
  return { name, labels, value: value.endsWith("Inf") ? Number(`${value}inity`) : Number(value) };
}
