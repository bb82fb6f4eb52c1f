import { Discussion } from "@/embed/Discussion";
import type { Details } from "@/embed/details";
import { attachForms } from "@/embed/forms";
import { fetchPart, Refused } from "@/embed/fragment";
import { follow } from "@/embed/live";
import { make, makeButton } from "@/embed/make";
import { Memory } from "@/embed/memory";
import { tellFresh } from "@/embed/news";
import { languageOf, serverOf, targetOf, watchPage } from "@/embed/page";
import { goToNamed } from "@/embed/reading";
import { followScheme } from "@/embed/scheme";
import { adoptStyles } from "@/embed/styles";
import { tellLeft, tellTimes } from "@/embed/times";
import { makeOffer, makeSkeleton } from "@/embed/waiting";
import { createSender } from "@/lib/client/call";
import { readersCalls } from "@/lib/client/readers";
import { createTranslator } from "@/lib/translator";
import type { AntiphonCommentsElement } from "@/public/embed";

/** `<antiphon-comments>`: a thread with all that belongs to it. docs/embedding.md says what it takes and tells. */
export class AntiphonComments extends HTMLElement implements AntiphonCommentsElement {
  static observedAttributes = ["post", "url", "server", "lang", "sort"];
  #running: AbortController | undefined;
  #discussion: Discussion | undefined;

  connectedCallback(): void {
    const begin = () => this.isConnected && !this.#running && this.#start();
    // Until then the thread that the server has rendered may be on its way.
    if (document.readyState === "loading")
      document.addEventListener("DOMContentLoaded", begin, { once: true });
    else begin();
  }

  disconnectedCallback(): void {
    // Where it was only moved it is back by then.
    setTimeout(() => {
      if (this.isConnected) return;
      this.#running?.abort();
      this.#running = undefined;
    });
  }

  attributeChangedCallback(): void {
    // Only once it runs: each attribute that it is born with is told, too.
    if (this.#running) this.#start();
  }

  get total(): number | null {
    return this.#discussion?.total ?? null;
  }

  async reload(): Promise<void> {
    if (this.#discussion) await this.#discussion.load();
    else if (this.#running) await this.#start();
  }

  async #start(): Promise<void> {
    // What came with the page is of what was shown before.
    if (this.#running) this.querySelector(":scope > .antiphon")?.remove();
    this.#running?.abort();
    this.#running = new AbortController();
    this.#discussion = undefined;
    const { signal } = this.#running;
    if (!this.hasAttribute("post") && !this.hasAttribute("url")) watchPage(() => this.#start(), signal);
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    await this.#fill(root, signal).catch((error: unknown) => {
      if (signal.aborted) return;
      const { section, code, message } =
        error instanceof Refused ? error : { section: makeOffer(), code: "unknown", message: String(error) };
      root.replaceChildren(section);
      const { again } = section.dataset;
      if (again) section.lastElementChild?.append(makeButton(again, () => this.#start()));
      this.#tell("error", { code, message });
    });
  }

  /** Shows the thread that came with the page, or else fetches it; styled from the first. */
  async #fill(root: ShadowRoot, signal: AbortSignal): Promise<void> {
    const given = this.querySelector<HTMLElement>(":scope > .antiphon");
    const focused = root.activeElement;
    root.replaceChildren(given ? make("slot") : makeSkeleton());
    const server = serverOf(this);
    const styled = adoptStyles(root, server);
    const target = targetOf(this);
    const path = target.includes("/")
      ? `?url=${encodeURIComponent(target)}`
      : `/${encodeURIComponent(target)}`;
    const query = { lang: this.lang || languageOf(this), sort: this.getAttribute("sort") ?? "oldest" };
    const section = given ?? (await fetchPart(`${server}/threads${path}`, query, signal));
    await styled;
    if (signal.aborted) return;
    // Somebody may be writing already.
    const active = section.querySelector<HTMLElement>(focused ? "h2" : ":focus");
    root.replaceChildren(section);
    active?.focus();
    this.#attach(section, server, target, signal);
    // A static page may have been made long ago.
    if (given?.dataset.server) this.#discussion?.refresh(true).catch(() => undefined);
  }

  #attach(section: HTMLElement, server: string, target: string, signal: AbortSignal): void {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const t = createTranslator(section.lang, JSON.parse(section.dataset.texts ?? "{}"), timeZone);
    const onChange = () => {
      change();
      decide();
      this.#tell("change", { total: discussion.total });
    };
    const change = () => {
      followScheme(this, section);
      mark();
      tellLeft(section, t);
      tellTimes(section, t);
      tellFresh(discussion);
    };
    const discussion = new Discussion(
      section,
      `${server}:${target}`,
      readersCalls(createSender({ base: server })),
      t,
      new Memory(server),
      signal,
      (name, detail) => this.#tell(name, detail),
      onChange,
    );
    this.#discussion = discussion;
    const mark = attachForms(discussion);
    const clock = setInterval(() => {
      if (tellLeft(section, t)) mark();
      followScheme(this, section);
      if (new Date().getSeconds() === 0) tellTimes(section, t);
    }, 1000);
    signal.addEventListener("abort", () => clearInterval(clock));
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => followScheme(this, section), { signal });
    change();
    goToNamed(discussion);
    const decide = follow(discussion, this);
    this.#tell("ready", { total: discussion.total });
  }

  #tell<N extends keyof Details>(name: N, detail: Details[N]): void {
    this.dispatchEvent(new CustomEvent(`antiphon:${name}`, { detail, bubbles: true, composed: true }));
  }
}
