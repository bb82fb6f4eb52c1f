import { make } from "@/embed/make";

/** What stands there while a thread is on its way: no words, as its language is not known yet. */
export function makeSkeleton(): HTMLElement {
  const lines = Array.from({ length: 6 }, () => make("p", { className: "line" }));
  return make("section", { className: "antiphon", ariaBusy: "true" }, ...lines);
}

/** What stands there while the server can't be reached: like what it says itself when it refuses. */
export function makeOffer(): HTMLElement {
  const said = make("p", {}, "The comments can’t be loaded now.");
  const news = make("div", { className: "news", role: "alert" }, said);
  const section = make("section", { className: "antiphon", lang: "en" }, news);
  section.dataset.again = "Try again";
  return section;
}
