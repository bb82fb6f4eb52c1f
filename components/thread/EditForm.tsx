import { apiOf, linkTo, type Place } from "@/components/thread/place";
import { Said } from "@/components/thread/Said";

interface Props {
  place: Place;
  id: number;
  /** The comment as it was written. */
  text: string;
  said: Said | null;
  /** The page that the form leads back to. */
  from: string;
}

/** Where an author changes a comment, or takes it out. It works alone; the element takes it over. */
export function EditForm({ place, id, text, said, from }: Props) {
  const { t } = place;
  return (
    <section id="respond" className="respond" aria-labelledby="respond-heading">
      <h3 id="respond-heading">{t("editing")}</h3>
      <form method="post" action={apiOf(place, id)} data-act="save">
        <input type="hidden" name="_method" value="PATCH" />
        <input type="hidden" name="from" value={from} />
        <Said said={said} />
        <p>
          <label htmlFor="field-comment">{t("text")}</label>
          <textarea
            id="field-comment"
            name="comment"
            rows={6}
            maxLength={10_000}
            required
            dir="auto"
            defaultValue={text}
            part="input"
          />
        </p>
        <div className="preview" aria-live="polite" />
        <p className="buttons">
          <button type="submit" part="button">
            {t("save")}
          </button>
          <a href={linkTo(place, { at: id }, `comment-${id}`)} data-act="cancel">
            {t("cancel")}
          </a>
        </p>
      </form>
      <details>
        <summary>{t("delete")}</summary>
        <form method="post" action={apiOf(place, id)} data-act="delete">
          <input type="hidden" name="_method" value="DELETE" />
          <input type="hidden" name="from" value={from} />
          <p>{t("deleteAsk")}</p>
          <p className="buttons">
            <button type="submit" className="danger" part="button">
              {t("deleteYes")}
            </button>
          </p>
        </form>
      </details>
    </section>
  );
}
