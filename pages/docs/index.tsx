import type { GetStaticProps } from "next";
import { Page } from "@/components/Page";
import { readDocs } from "@/lib/docs";

interface Props {
  pages: { name: string; title: string }[];
}

export const getStaticProps: GetStaticProps<Props> = async () => ({
  props: { pages: (await readDocs()).map(({ name, title }) => ({ name, title })) },
});

export default function Docs({ pages }: Props) {
  return (
    <Page title="Docs">
      <h1>Docs</h1>
      <ul className="contents">
        {pages.map(({ name, title }) => (
          <li key={name}>
            <a href={`/docs/${name}`}>{title}</a>
          </li>
        ))}
      </ul>
    </Page>
  );
}
