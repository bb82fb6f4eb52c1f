import { Fragment, type ReactNode } from "react";
import { useTexts } from "@/components/LanguageContext";

/** Stands where something is to be put in that is more than text (U+FFFC). */
const OBJECT = "\ufffc";

/** A text with something in its one place that is more than text. */
export function Filled({ text, place, children }: { text: string; place: string; children: ReactNode }) {
  const t = useTexts();
  const [before, after] = t(text, { [place]: OBJECT }).split(`\u2068${OBJECT}\u2069`);
  return (
    <Fragment>
      {before}
      <bdi>{children}</bdi>
      {after}
    </Fragment>
  );
}
