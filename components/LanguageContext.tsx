import { createContext, useContext } from "react";
import { withLanguage } from "@/lib/languages";
import { createTranslator, type Translator } from "@/lib/translator";

/** The language of a page. */
export interface Speech {
  t: Translator;
  /** The same that its address asks for, which links keep; null where it does not ask; undefined where there is one only. */
  chosen: string | null | undefined;
}

export const LanguageContext = createContext<Speech>({ t: createTranslator("en", {}), chosen: undefined });

/** Makes addresses of ours ones that keep the language of this page. */
export function useLink(): (address: string) => string {
  const { chosen = null } = useContext(LanguageContext);
  return (address) => withLanguage(address, chosen);
}

/** What says the texts of this page. */
export function useTexts(): Translator {
  return useContext(LanguageContext).t;
}
