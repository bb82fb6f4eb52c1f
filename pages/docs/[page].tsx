import type { GetStaticPaths, GetStaticProps } from "next";
import { Html } from "@/components/Html";
import { Page } from "@/components/Page";
import { type DocsPage, readDocs } from "@/lib/docs";
import type { Spoken } from "@/lib/http/serverSide";
import { pageMessages } from "@/lib/texts";

export const getStaticPaths: GetStaticPaths = async () => ({
  paths: (await readDocs()).map(({ name }) => ({ params: { page: name } })),
  fallback: false,
});

export const getStaticProps: GetStaticProps<DocsPage & Pick<Spoken, "language" | "messages">> = async ({
  params,
}) => {
  const page = (await readDocs()).find(({ name }) => name === params?.page);
  return page ? { props: { ...page, language: "en", messages: pageMessages("en", []) } } : { notFound: true };
};

export default function Doc({ title, html }: DocsPage) {
  return (
    <Page title={title}>
      <p className="paging">
        <a href="/docs">All docs</a>
      </p>
      <Html html={html} className="prose docs" />
    </Page>
  );
}
