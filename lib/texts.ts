import type { Language } from "@/lib/languages";
import ar from "@/lib/languages/ar.json";
import de from "@/lib/languages/de.json";
import en from "@/lib/languages/en.json";
import es from "@/lib/languages/es.json";
import fa from "@/lib/languages/fa.json";
import fr from "@/lib/languages/fr.json";
import he from "@/lib/languages/he.json";
import it from "@/lib/languages/it.json";
import ja from "@/lib/languages/ja.json";
import ko from "@/lib/languages/ko.json";
import nl from "@/lib/languages/nl.json";
import pl from "@/lib/languages/pl.json";
import pt from "@/lib/languages/pt.json";
import ru from "@/lib/languages/ru.json";
import sv from "@/lib/languages/sv.json";
import tr from "@/lib/languages/tr.json";
import uk from "@/lib/languages/uk.json";
import zh from "@/lib/languages/zh.json";
import { createTranslator, type Messages, type Translator } from "@/lib/translator";
import arThread from "@/public/languages/ar.json";
import deThread from "@/public/languages/de.json";
import enThread from "@/public/languages/en.json";
import esThread from "@/public/languages/es.json";
import faThread from "@/public/languages/fa.json";
import frThread from "@/public/languages/fr.json";
import heThread from "@/public/languages/he.json";
import itThread from "@/public/languages/it.json";
import jaThread from "@/public/languages/ja.json";
import koThread from "@/public/languages/ko.json";
import nlThread from "@/public/languages/nl.json";
import plThread from "@/public/languages/pl.json";
import ptThread from "@/public/languages/pt.json";
import ruThread from "@/public/languages/ru.json";
import svThread from "@/public/languages/sv.json";
import trThread from "@/public/languages/tr.json";
import ukThread from "@/public/languages/uk.json";
import zhThread from "@/public/languages/zh.json";

const PAGES: Record<Language, Messages> = {
  ar,
  de,
  en,
  es,
  fa,
  fr,
  he,
  it,
  ja,
  ko,
  nl,
  pl,
  pt,
  ru,
  sv,
  tr,
  uk,
  zh,
};

const THREADS: Record<Language, Messages> = {
  ar: arThread,
  de: deThread,
  en: enThread,
  es: esThread,
  fa: faThread,
  fr: frThread,
  he: heThread,
  it: itThread,
  ja: jaThread,
  ko: koThread,
  nl: nlThread,
  pl: plThread,
  pt: ptThread,
  ru: ruThread,
  sv: svThread,
  tr: trThread,
  uk: ukThread,
  zh: zhThread,
};

/**
 * What a page says in that language: what the frame of every page does, and the `parts` of it whose keys begin so
 * ("login" for "login.make").
 */
export function pageMessages(language: Language, parts: string[]): Messages {
  const isSaid = (key: string) => !key.includes(".") || parts.includes(key.split(".", 1)[0] ?? "");
  return Object.fromEntries(Object.entries(PAGES[language]).filter(([key]) => isSaid(key)));
}

const pages = new Map<Language, Translator>();
const threads = new Map<Language, Translator>();

/** All that pages say, threads apart. Made once for each language: what `Intl` needs for it takes long to make. */
export function pageTranslator(language: Language): Translator {
  return find(pages, PAGES, language);
}

/** For threads; what embed.js fetches, too. */
export function threadTranslator(language: Language): Translator {
  return find(threads, THREADS, language);
}

function find(made: Map<Language, Translator>, all: Record<Language, Messages>, language: Language) {
  const known = made.get(language) ?? createTranslator(language, all[language]);
  made.set(language, known);
  return known;
}
