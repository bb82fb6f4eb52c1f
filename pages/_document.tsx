import { type DocumentProps, Head, Html, Main, NextScript } from "next/document";
import { directionOf } from "@/lib/languages";

export default function Document({ __NEXT_DATA__: { props } }: DocumentProps) {
  const language: string = props.pageProps?.language ?? "en";
  return (
    <Html lang={language} dir={directionOf(language)}>
      <Head>
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
      </Head>
      <body>
        <Main />
        <NextScript />
      </body>
    </Html>
  );
}
