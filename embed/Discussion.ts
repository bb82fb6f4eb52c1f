import type { Details } from "@/embed/details";
import { fetchPart } from "@/embed/fragment";
import { make } from "@/embed/make";
import type { Memory } from "@/embed/memory";
import { merge, mergeFrame } from "@/embed/merge";
import type { readersCalls } from "@/lib/client/readers";
import type { Translator } from "@/lib/translator";

/** A thread as it is shown, how more of it comes, and how it changes. All it knows stands in its section. */
export class Discussion {
  /** New comments that the reader has not asked to see yet. */
  readonly fresh = new Set<number>();
  #newest: number;
  /** How often what is shown has changed. */
  #changes = 0;
  /** How often another part was asked for in place of this one. */
  #loads = 0;

  /**
   * `section`: what shows the thread. `name`: what is kept of it is kept under this; it stays when the page gets its post.
   * `signal`: ends with the element, or when it shows another thread. `tell`: tells the page of something that happened.
   * `onChange`: called after each change of what is shown.
   */
  constructor(
    readonly section: HTMLElement,
    readonly name: string,
    readonly api: ReturnType<typeof readersCalls>,
    readonly t: Translator,
    readonly memory: Memory,
    readonly signal: AbortSignal,
    readonly tell: <N extends keyof Details>(name: N, detail: Details[N]) => void,
    readonly onChange: () => void,
  ) {
    this.#newest = Math.max(0, ...idsIn(section));
  }

  /** The post's id; 0 while the page has none. */
  get post(): number {
    return Number(this.section.dataset.post ?? 0);
  }

  /** What the API takes for the post: its id, or the address of its page. */
  get target(): string {
    return this.section.dataset.target ?? "";
  }

  get total(): number {
    return Number(this.section.dataset.total);
  }

  /** The element of a comment that is shown. */
  find(id: number | null | undefined): HTMLElement | null {
    return findIn(this.section, id);
  }

  /** Shows another part of the thread in place of this one; not where it lacks the comment that it was asked to hold. */
  async load(query: Record<string, string> = {}): Promise<void> {
    const { section } = this;
    const load = ++this.#loads;
    const part = await this.#read(query);
    if (load !== this.#loads || (query.at && !findIn(part, query.at))) return;
    this.#show(() => {
      mergeFrame(section, part);
      merge(section, part, { add: "in place", drop: true });
      this.fresh.clear();
    });
  }

  /** Shows what a link of the thread leads to behind what is shown: in the list that the link stands below. */
  async append(link: HTMLAnchorElement): Promise<void> {
    const { section } = this;
    const load = this.#loads;
    const above = link.closest("li")?.firstElementChild?.id;
    const part = await this.#read(Object.fromEntries(new URL(link.href).searchParams));
    // What is shown, the link among it, may be another by now.
    const item = above ? section.querySelector(`#${above}`)?.parentElement : section;
    const way = item?.querySelector(":scope > :is(.more, .next)");
    if (load !== this.#loads || !item || !way) return;
    const before = idsIn(section);
    this.#show(() => {
      if (above && !item.querySelector(":scope > ol")) way.before(make("ol", { className: "comments" }));
      way.replaceWith(...part.querySelectorAll(":scope > .next"));
      merge(item, part, { add: "end", drop: false });
    });
    const first = idsIn(section).find((id) => !before.includes(id));
    if (first) this.find(first)?.focus({ preventScroll: true });
  }

  /** Shows a comment as it is now, in its place; a new one where it belongs. */
  async update(id: number): Promise<void> {
    const { section } = this;
    const part = await this.#read({ at: String(id) });
    const newest = section.dataset.sort === "newest";
    const items = [...part.querySelectorAll(":scope > ol > li")];
    // What follows it there may stand further down than what is shown.
    for (const item of items) if (!findIn(item, id)) item.remove();
    this.#show(() => {
      mergeFrame(section, part, false);
      merge(section, part, { add: newest ? "start" : "end", drop: false });
      const item = section.querySelector(":scope > .next a") && this.find(id)?.closest("li");
      if (item?.parentElement?.parentElement === section && !item.nextElementSibling && !newest)
        item.className = "apart";
    });
  }

  /** Takes in what has changed at the beginning of the thread; what is new there waits until it is asked for. */
  async refresh(all = false): Promise<number[]> {
    const { section, fresh } = this;
    const part = await this.#read();
    const ids = idsIn(part);
    const start = !section.querySelector(".first a");
    const whole = start && ![section, part].some((one) => one.querySelector(":scope > .next a"));
    this.#show(() => {
      mergeFrame(section, part, whole);
      merge(section, part, { add: all && start ? "in place" : "no", drop: whole });
      if (start) for (const id of ids) if (id > this.#newest && !this.find(id)) fresh.add(id);
      this.#newest = Math.max(this.#newest, ...ids);
    });
    return ids;
  }

  /** Shows what is new, and leads to the first of it. */
  async showFresh(): Promise<void> {
    const ids = [...this.fresh].sort((a, b) => a - b);
    await this.refresh(true);
    for (const id of ids) {
      if (!this.find(id)) await this.update(id);
      this.fresh.delete(id);
    }
    this.change();
    this.find(ids[0])?.focus();
  }

  /** Takes out a comment that was deleted; where it was answered, its place remains. */
  drop(id: number): void {
    this.fresh.delete(id);
    const article = this.find(id);
    const item = article?.parentElement;
    this.#show(() => {
      if (article && item?.querySelector(":scope > :is(ol, .more)")) {
        article.className = "comment tombstone";
        article.setAttribute("part", article.className);
        article.removeAttribute("aria-labelledby");
        article.replaceChildren(make("p", {}, this.t("deleted")));
      } else item?.remove();
    });
  }

  /** Tells that something of what is shown has changed. */
  change(): void {
    if (this.signal.aborted) return;
    for (const id of this.fresh) if (this.find(id)) this.fresh.delete(id);
    this.onChange();
  }

  /** Changes what is shown. What has the focus keeps it where it is moved; where it goes, the heading has it. */
  #show(work: () => void): void {
    const { section } = this;
    const active = section.querySelector<HTMLElement>(":focus");
    this.#changes++;
    work();
    this.change();
    if (active && !section.querySelector(":focus"))
      (active.isConnected ? active : section.querySelector("h2"))?.focus({ preventScroll: true });
  }

  /** A part as it is now: one that something has overtaken would bring back what was. */
  async #read(query: Record<string, string> = {}): Promise<HTMLElement> {
    const before = this.#changes;
    const part = await this.fetch(query);
    return before === this.#changes ? part : this.#read(query);
  }

  /** The part of the thread that its page shows for `query`. */
  fetch(query: Record<string, string> = {}): Promise<HTMLElement> {
    const { page = "", sort = "oldest" } = this.section.dataset;
    // The server may call itself by another name than the page does.
    const { pathname, search } = new URL(page, location.href);
    return fetchPart(
      this.memory.server + pathname + search,
      { lang: this.t.language, sort, ...query },
      this.signal,
    );
  }
}

function findIn(element: Element, id: unknown): HTMLElement | null {
  return element.querySelector(`#comment-${id}`);
}

function idsIn(element: Element): number[] {
  return [...element.querySelectorAll(".comment")].map(({ id }) => Number(id.slice(8)));
}
