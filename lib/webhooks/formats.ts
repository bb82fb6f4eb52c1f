import type { Format } from "@/lib/webhooks/format";
import { discord } from "@/lib/webhooks/formats/discord";
import { matrix } from "@/lib/webhooks/formats/matrix";
import { ntfy } from "@/lib/webhooks/formats/ntfy";
import { slack } from "@/lib/webhooks/formats/slack";
import { standard } from "@/lib/webhooks/formats/standard";
import { telegram } from "@/lib/webhooks/formats/telegram";

const FORMATS: Readonly<Record<string, Format>> = { standard, slack, discord, telegram, matrix, ntfy };

/** The format of that name. Whatever the database holds went through its shape, which has the same names. */
export function requireFormat(name: string): Format {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (!format) throw new Error(`There is no format ${name}`);
  return format;
}
