import Head from "next/head";
import type { ReactNode } from "react";
import { Page } from "@/components/Page";
import type { Notice } from "@/lib/notices";

interface Props {
  title: string;
  text: string[];
  /** What somebody said that it is about, and what the button does about it. */
  quote?: string | null;
  effect?: string | null;
  /** What is sent, as the browser's own form; null where there is nothing to ask. */
  form: { action: string; hidden: Record<string, string>; button: string } | null;
  notice?: Notice | null;
  /** More fields of the form. */
  children?: ReactNode;
  /** What comes above the form. */
  before?: ReactNode;
  /** What comes below. */
  after?: ReactNode;
}

/** The page behind a mailed link: it says what will be done, and that is done only when its button is pressed. */
export function Confirm({
  title,
  text,
  quote = null,
  effect = null,
  form,
  notice = null,
  children,
  before,
  after,
}: Props) {
  return (
    <Page title={title}>
      <Head>
        <meta name="robots" content="noindex" />
      </Head>
      <div className="sign-in">
        <h1>{title}</h1>
        <div role="alert">{notice && <p className={`notice ${notice.kind}`}>{notice.text}</p>}</div>
        {text.map((paragraph) => (
          <p key={paragraph} dir="auto">
            {paragraph}
          </p>
        ))}
        {quote !== null && (
          <blockquote className="quote" dir="auto">
            {quote}
          </blockquote>
        )}
        {effect !== null && <p>{effect}</p>}
        {before && <p>{before}</p>}
        {form && (
          <form className="sign-in" method="post" action={form.action}>
            {Object.entries(form.hidden).map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value} />
            ))}
            {children}
            <p>
              <button type="submit">{form.button}</button>
            </p>
          </form>
        )}
        {after && <p>{after}</p>}
      </div>
    </Page>
  );
}
