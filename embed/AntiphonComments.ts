import { createTranslator } from "@/components/thread/translator";
import { Discussion } from "@/embed/Discussion";
import { attachForms } from "@/embed/forms";
import { fetchPart, Refused } from "@/embed/fragment";
import { follow } from "@/embed/live";
import { Memory } from "@/embed/memory";
import { offer, tellFresh } from "@/embed/news";
import { pageUrl, watchPage } from "@/embed/page";
import { attachReading, goToNamed } from "@/embed/reading";
import { HOME } from "@/embed/server";
import { fetchStyles } from "@/embed/styles";
import { isOver, tellTimes } from "@/embed/times";
import { createCaller } from "@/lib/client/call";
import { comments } from "@/lib/client/comments";

/** `<antiphon-comments>`: a thread with all that belongs to it. docs/embedding.md says what it takes and tells. */
export class AntiphonComments extends HTMLElement {
  static observedAttributes = ["post", "url", "server", "lang", "sort"];
  #running: AbortController | undefined;
  #discussion: Discussion | undefined;

  connectedCallback(): void {
    // Until then the thread that the server has rendered may be on its way.
    if (document.readyState === "loading")
      document.addEventListener("DOMContentLoaded", () => this.isConnected && this.#start(), { once: true });
    else this.#start();
  }

  disconnectedCallback(): void {
    this.#running?.abort();
  }

  attributeChangedCallback(): void {
    // Only once it runs: each attribute that it is born with is told, too.
    if (!this.#running) return;
    this.shadowRoot?.replaceChildren();
    this.#start();
  }

  /** How many comments the thread has; null until that is known. */
  get total(): number | null {
    return this.#discussion?.total ?? null;
  }

  /** Reads the thread anew. */
  async reload(): Promise<void> {
    await this.#discussion?.load();
  }

  #start(): void {
    this.#running?.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    if (!this.hasAttribute("post") && !this.hasAttribute("url"))
      watchPage(() => this.attributeChangedCallback(), signal);
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    if (root.childElementCount === 0) root.append(document.createElement("slot"));
    this.#fill(root, signal).catch((error: unknown) => {
      if (signal.aborted) return;
      this.#tell("error", error);
      root.replaceChildren(error instanceof Refused ? error.section : offer(() => this.#start()));
    });
  }

  /** Shows the thread that came with the page, or else fetches it; styled from the first. */
  async #fill(root: ShadowRoot, signal: AbortSignal): Promise<void> {
    const given =
      root.querySelector<HTMLElement>(".antiphon") ?? this.querySelector<HTMLElement>(".antiphon");
    const query = { lang: this.lang || readLanguage(this), sort: this.getAttribute("sort") ?? "oldest" };
    const [sheet, section] = await Promise.all([
      fetchStyles(this.#server),
      given ?? fetchPart(this.#address(), query, signal),
    ]);
    if (signal.aborted) return;
    root.adoptedStyleSheets = [sheet];
    this.#show(root, section, signal, given !== null);
  }

  get #server(): string {
    return new URL(this.getAttribute("server") ?? HOME, location.href).origin;
  }

  /** The page of the thread on the server. */
  #address(): string {
    const post = this.getAttribute("post") ?? "";
    const url = /^(https?:|$)/.test(post) ? post || this.getAttribute("url") || pageUrl() : null;
    const path =
      url === null ? `/threads/${encodeURIComponent(post)}` : `/threads?url=${encodeURIComponent(url)}`;
    return this.#server + path;
  }

  #show(root: ShadowRoot, section: HTMLElement, signal: AbortSignal, given: boolean): void {
    root.replaceChildren(section);
    const { lang, dataset } = section;
    const server = this.#server;
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const t = createTranslator(lang, JSON.parse(dataset.texts ?? "{}"), timeZone);
    const discussion = new Discussion({
      section,
      api: comments(createCaller({ base: server })),
      t,
      memory: new Memory(server),
      signal,
      tell: (name, detail) => this.#tell(name, detail),
      onChange: () => {
        change();
        this.#tell("change", { total: discussion.total });
      },
    });
    this.#discussion = discussion;
    const forms = attachForms(discussion);
    const change = () => {
      forms.decorate();
      tellTimes(section, t);
      tellFresh(discussion);
    };
    const clock = setInterval(() => {
      if (isOver(section)) forms.decorate();
      tellTimes(section, t);
    }, 1000);
    signal.addEventListener("abort", () => clearInterval(clock));
    attachReading(discussion);
    change();
    // A static page may have been made long ago.
    if (given) discussion.refresh(true).catch(() => undefined);
    goToNamed(discussion).catch(() => undefined);
    follow(discussion, this);
    this.#tell("ready", { total: discussion.total });
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(`antiphon:${name}`, { detail, bubbles: true, composed: true }));
  }
}

/** What the page is written in around the element, or else what the browser speaks. */
function readLanguage(element: Element): string {
  const around = element.closest<HTMLElement>("[lang]");
  return around?.lang || navigator.language;
}
