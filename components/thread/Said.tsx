/** What became of a form: what to say, how, and the field that is to blame. */
export interface Said {
  kind: "refused" | "done";
  text: string;
  field: string | null;
}

/** What is said about a form, where a screen reader hears it: the places have to be there before what is said in them. */
export function Said({ said }: { said: Said | null }) {
  const note = said && <p className={`notice ${said.kind}`}>{said.text}</p>;
  return (
    <div className="said" id="said">
      <div role="alert">{said?.kind === "refused" && note}</div>
      <div role="status">{said?.kind === "done" && note}</div>
    </div>
  );
}
