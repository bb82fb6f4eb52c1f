import type { IncomingMessage, ServerResponse } from "node:http";
import Negotiator from "negotiator";
import { config } from "@/lib/config";
import type { Listener } from "@/lib/http/messages";
import { LANGUAGES, type Language, readLanguage, readLanguageTag, withLanguage } from "@/lib/languages";

/** Longer than any browser's; of more the beginning counts. */
const LONGEST = 200;

/** The best is English to whoever takes anything. */
const CODES = ["en", ...LANGUAGES.map(({ code }) => code)];

/** The language that a page is read in. */
export interface Choice {
  language: Language;
  /** Whether its address says so. */
  chosen: boolean;
}

/**
 * Chooses the language of a page: what `?lang=` says, else what the setting LANGUAGE does, else the best of those that the
 * browser asks for. Says so on the answer.
 */
export function chooseLanguage(req: IncomingMessage, res: ServerResponse, lang: unknown): Choice {
  // What a browser or a page says of its language may say more: "de-AT".
  const asked = readLanguageTag(lang);
  const { language: fixed } = config();
  if (asked === null && fixed === "auto") res.appendHeader("Vary", "Accept-Language");
  const language = asked ?? (fixed === "auto" ? negotiate(req) : fixed);
  res.setHeader("Content-Language", language);
  return { language, chosen: asked !== null };
}

/**
 * Stands before the cache: of what a browser says of its languages it leaves the one that a page comes in, so that all
 * who get the same are known to get the same. The API knows no languages.
 */
export function settleLanguage(next: Listener): Listener {
  return (req, res) => {
    if (!req.url?.startsWith("/api/")) req.headers["accept-language"] = negotiate(req);
    next(req, res);
  };
}

/** Where a form leads on to: a page in the language of the page that it was on. */
export function keepLanguage({ headers: { referer = "" } }: IncomingMessage, location: string): string {
  if (!/^\/(?!api\/)/.test(location) || !URL.canParse(referer)) return location;
  return withLanguage(location, readLanguageTag(new URL(referer).searchParams.get("lang")));
}

function negotiate({ headers }: IncomingMessage): Language {
  const field = headers["accept-language"];
  if (field === undefined) return "en";
  const known = readLanguage(field);
  if (known !== null) return known;
  const wishes =
    field.length > LONGEST ? field.slice(0, Math.max(0, field.lastIndexOf(",", LONGEST))) : field;
  const best = new Negotiator({ headers: { "accept-language": wishes } }).language(CODES);
  return readLanguage(best) ?? "en";
}
