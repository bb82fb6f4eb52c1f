import type { GetStaticProps } from "next";
import { Page } from "@/components/Page";
import { readDocs } from "@/lib/docs";
import type { Spoken } from "@/lib/http/serverSide";
import { pageMessages } from "@/lib/texts";

interface Props extends Pick<Spoken, "language" | "messages"> {
  pages: { name: string; title: string }[];
}

export const getStaticProps: GetStaticProps<Props> = async () => ({
  props: {
    pages: (await readDocs()).map(({ name, title }) => ({ name, title })),
    language: "en",
    messages: pageMessages("en", []),
  },
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
