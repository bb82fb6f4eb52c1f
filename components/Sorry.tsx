import { Page } from "@/components/Page";

/** A page that can't be shown: what is the matter, and where to go on. */
export function Sorry({ title, text }: { title: string; text: string }) {
  return (
    <Page title={title}>
      <div className="sorry">
        <h1>{title}</h1>
        <p>{text}</p>
        <p>
          <a href="/">To the front page</a>
        </p>
      </div>
    </Page>
  );
}
