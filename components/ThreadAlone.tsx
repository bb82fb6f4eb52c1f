import Head from "next/head";
import { PageThread } from "@/components/PageThread";
import { Refused } from "@/components/thread/Refused";
import type { AloneProps } from "@/lib/http/alone";
import type { Framed } from "@/lib/http/serverSide";
import { threadTranslator } from "@/lib/texts";

/** The page of a thread with nothing around it: for a frame, or a link. */
export function ThreadAlone({ alone, canonical, ...frame }: AloneProps & Framed) {
  const t = threadTranslator(frame.language);
  return (
    <>
      <Head>
        <title>{t("title")}</title>
        <meta name="robots" content="noindex" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {canonical !== null && <link rel="canonical" href={canonical} />}
      </Head>
      <main className="alone">
        <h1 className="unseen">{t("title")}</h1>
        {alone.refused === null ? (
          <PageThread {...frame} discussion={alone.discussion} />
        ) : (
          <Refused t={t} code={alone.refused} origin={alone.origin} />
        )}
      </main>
    </>
  );
}
