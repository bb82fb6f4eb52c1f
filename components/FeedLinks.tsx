import Head from "next/head";

/** Tells browsers and feed readers where the feed of this page is. `path`: of its address. */
export function FeedLinks({ path, title }: { path: string; title: string }) {
  return (
    <Head>
      <link rel="alternate" type="application/atom+xml" title={title} href={path} />
      <link rel="alternate" type="application/feed+json" title={title} href={`${path}?format=json`} />
    </Head>
  );
}
