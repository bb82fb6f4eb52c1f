import { make, makeButton } from "@/embed/make";

/** What stands there while a thread is on its way: no words, as its language is not known yet. */
export function makeSkeleton(): HTMLElement {
  const lines = Array.from({ length: 6 }, () => make("p", { className: "line" }));
  return make("section", { className: "antiphon", ariaBusy: "true" }, ...lines);
}

/** What stands there while the server can't be reached. */
export function makeOffer(again: () => void): HTMLElement {
  const said = make("p", {}, "The comments can’t be loaded now.");
  const news = make("div", { className: "news", role: "alert" }, said, makeButton("Try again", again));
  return make("section", { className: "antiphon", lang: "en" }, news);
}
