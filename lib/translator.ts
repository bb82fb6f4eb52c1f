/** The texts of a language by their keys: with `{name}` where something is put in, one for each plural category where they count. */
export type Messages = Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>;

/**
 * The text of a key with `values` in their places: words set apart from their surroundings (U+2068 … U+2069), as they may
 * run in the other direction, numbers as the language writes them. `count` chooses the plural. It is text, not HTML; an
 * unknown key is its own text.
 */
type Say = (key: string, values?: Record<string, string | number>) => string;

/** Says things in one language. */
export interface Translator extends Say {
  /** Its code (BCP 47). */
  language: string;
  /** Its texts. */
  messages: Messages;
  number(value: number): string;
  /** An instant (ISO 8601): its day, with the month as a word, and its time. */
  date(instant: string): string;
  /** How long ago an instant is, in the largest unit that it fills. `now`: in milliseconds since 1970. */
  ago(instant: string, now?: number): string;
}

const UNITS = [
  ["year", 31536e6],
  ["month", 2592e6],
  ["day", 864e5],
  ["hour", 36e5],
  ["minute", 6e4],
] as const;

/** `zone`: of the clock that dates are said by; a UTC one is named, as it may be nobody's. */
export function createTranslator(language: string, messages: Messages, zone = "UTC"): Translator {
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const dates = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", timeZone: zone });
  const named = zone === "UTC" ? " UTC" : "";
  const say: Say = (key, values = {}) => {
    const message = messages[key] ?? key;
    const text =
      typeof message === "string"
        ? message
        : (message[plurals.select(Number(values.count))] ?? message.other);
    return (text ?? key).replace(/{(\w+)}/g, (place, name) => {
      const value = values[name] ?? place;
      return typeof value === "string" ? `\u2068${value}\u2069` : numbers.format(value);
    });
  };
  return Object.assign(say, {
    language,
    messages,
    number: (value: number) => numbers.format(value),
    date: (instant: string) => dates.format(new Date(instant)) + named,
    ago: (instant: string, now = Date.now()) => {
      const age = now - Date.parse(instant);
      const [unit, length] = UNITS.find(([, length]) => age >= length) ?? ["second", 1 / 0];
      // In words only where it is now: "yesterday" depends on when days begin, and this counts hours.
      const numeric = length < 1 / 0 ? "always" : "auto";
      return new Intl.RelativeTimeFormat(language, { numeric }).format(-Math.floor(age / length), unit);
    },
  });
}
