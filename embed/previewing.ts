import type { Discussion } from "@/embed/Discussion";
import { toButton } from "@/embed/news";
import { toSaid } from "@/embed/said";
import { toElements } from "@/embed/trusted";

/** Gives a form a button that shows how its text will look; typing goes back to the text. */
export function previewIn(form: HTMLElement, { api, t }: Pick<Discussion, "api" | "t">): void {
  const [text, place, buttons] = [
    form.querySelector("textarea"),
    form.querySelector(".preview"),
    form.querySelector(".buttons"),
  ];
  if (!text || !place || !buttons) return;
  const show = async () => {
    try {
      const { html } = await api.preview(text.value);
      const label = document.createElement("small");
      label.className = "hint";
      label.textContent = t("previewOf");
      const prose = document.createElement("div");
      prose.className = "prose";
      prose.dir = "auto";
      prose.append(toElements(html));
      place.replaceChildren(label, prose);
    } catch (error) {
      place.textContent = toSaid(t, error).text;
    }
  };
  const button = toButton(t("preview"), () => void show());
  buttons.firstElementChild?.after(button);
  text.addEventListener("input", () => place.replaceChildren());
}
