import type { GetStaticPaths, GetStaticProps } from "next";
import { Html } from "@/components/Html";
import { Page } from "@/components/Page";
import { type DocsPage, readDocs } from "@/lib/docs";

export const getStaticPaths: GetStaticPaths = async () => ({
  paths: (await readDocs()).map(({ name }) => ({ params: { page: name } })),
  fallback: false,
});

export const getStaticProps: GetStaticProps<DocsPage> = async ({ params }) => {
  const page = (await readDocs()).find(({ name }) => name === params?.page);
  return page ? { props: page } : { notFound: true };
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
