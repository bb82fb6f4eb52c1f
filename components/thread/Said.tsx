/** What became of a form: what to say, how, and the field that is to blame. */
export interface Said {
  kind: "refused" | "done";
  text: string;
  field: string | null;
}

/** What is said about a form, where a screen reader hears it. */
export function Said({ said }: { said: Said | null }) {
  return (
    <div className="said" id="said" role={said?.kind === "refused" ? "alert" : "status"}>
      {said && <p className={`notice ${said.kind}`}>{said.text}</p>}
    </div>
  );
}
