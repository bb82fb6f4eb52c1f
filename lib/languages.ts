/** Every language that readers can have: its code (BCP 47), what it calls itself, where its lines begin. */
export const LANGUAGES = [
  { code: "de", name: "Deutsch", direction: "ltr" },
  { code: "en", name: "English", direction: "ltr" },
  { code: "es", name: "Español", direction: "ltr" },
  { code: "fr", name: "Français", direction: "ltr" },
  { code: "it", name: "Italiano", direction: "ltr" },
  { code: "nl", name: "Nederlands", direction: "ltr" },
  { code: "pl", name: "Polski", direction: "ltr" },
  { code: "pt", name: "Português", direction: "ltr" },
  { code: "sv", name: "Svenska", direction: "ltr" },
  { code: "tr", name: "Türkçe", direction: "ltr" },
  { code: "ru", name: "Русский", direction: "ltr" },
  { code: "uk", name: "Українська", direction: "ltr" },
  { code: "he", name: "עברית", direction: "rtl" },
  { code: "ar", name: "العربية", direction: "rtl" },
  { code: "fa", name: "فارسی", direction: "rtl" },
  { code: "zh", name: "中文", direction: "ltr" },
  { code: "ja", name: "日本語", direction: "ltr" },
  { code: "ko", name: "한국어", direction: "ltr" },
] as const;

export type Language = (typeof LANGUAGES)[number]["code"];

/** The code that `text` is, or null. */
export function readLanguage(text: unknown): Language | null {
  return LANGUAGES.find(({ code }) => code === text)?.code ?? null;
}

/** The language of a tag (BCP 47), such as `pt` of `pt-BR`; null for one that there is not. */
export function readLanguageTag(text: unknown): Language | null {
  return typeof text === "string" ? readLanguage(text.split("-", 1)[0]?.toLowerCase()) : null;
}

export function directionOf(language: string): "ltr" | "rtl" {
  return LANGUAGES.find(({ code }) => code === language)?.direction ?? "ltr";
}

/** The same address of ours, read in that language; as it is where that is null, or where it says one already. */
export function withLanguage(address: string, language: string | null): string {
  if (language === null || /[?&]lang=/.test(address)) return address;
  const [rest = "", ...hash] = address.split("#");
  return [`${rest}${rest.includes("?") ? "&" : "?"}lang=${language}`, ...hash].join("#");
}
