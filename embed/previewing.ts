import type { Discussion } from "@/embed/Discussion";
import { make, makeButton } from "@/embed/make";
import { toSaid } from "@/embed/said";
import { toElements } from "@/embed/trusted";

/** Gives a form a button that shows how its text will look; typing goes back to the text. */
export function previewIn(form: HTMLElement, discussion: Discussion): void {
  const { api, t } = discussion;
  const text = form.querySelector("textarea");
  const place = form.querySelector(".preview");
  const show = async () => {
    const asked = text?.value ?? "";
    const shown = await api.preview(asked).then(
      ({ html }) => [
        make("small", { className: "hint" }, t("previewOf")),
        make("div", { className: "prose", dir: "auto" }, toElements(html)),
      ],
      (error: unknown) => [toSaid(discussion, error).text],
    );
    if (text?.value === asked) place?.replaceChildren(...shown);
  };
  form.querySelector(".buttons > button")?.after(makeButton(t("preview"), show));
  text?.addEventListener("input", () => place?.replaceChildren());
}
