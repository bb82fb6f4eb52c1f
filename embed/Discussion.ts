import type { Translator } from "@/components/thread/translator";
import { fetchPart } from "@/embed/fragment";
import type { Memory } from "@/embed/memory";
import { merge, mergeFrame } from "@/embed/merge";
import type { comments } from "@/lib/client/comments";

/** What a discussion is made of. */
interface Given {
  /** What shows the thread. */
  section: HTMLElement;
  api: ReturnType<typeof comments>;
  t: Translator;
  memory: Memory;
  /** Ends with the element, or when it shows another thread. */
  signal: AbortSignal;
  /** Tells the page of something that happened. */
  tell: (name: string, detail: unknown) => void;
  /** Called after each change of what is shown. */
  onChange: () => void;
}

/** A thread as it is shown, how more of it comes, and how it changes. All it knows stands in its section. */
export class Discussion {
  /** New comments that the reader has not asked to see yet. */
  readonly fresh = new Set<number>();
  readonly section: HTMLElement;
  readonly api: Given["api"];
  readonly t: Translator;
  readonly memory: Memory;
  readonly signal: AbortSignal;
  readonly tell: Given["tell"];
  readonly #onChange: () => void;
  /** Whether the thread's first part is what the list begins with. */
  #atStart: boolean;

  constructor(given: Given) {
    const { section, api, t, memory, signal, tell, onChange } = given;
    this.section = section;
    this.api = api;
    this.t = t;
    this.memory = memory;
    this.signal = signal;
    this.tell = tell;
    this.#onChange = onChange;
    this.#atStart = section.querySelector(".first a") === null;
  }

  /** The post's id; null while the page has none. */
  get post(): number | null {
    return Number(this.section.dataset.post) || null;
  }

  /** What the API takes for the post: its id, or the address of its page. */
  get target(): string {
    return this.section.dataset.target ?? "";
  }

  get total(): number {
    return Number(this.section.dataset.total);
  }

  /** The element of a comment that is shown. */
  find(id: number): HTMLElement | null {
    return this.section.querySelector<HTMLElement>(`#comment-${id}`);
  }

  /** Shows another part of the thread in place of this one. */
  async load(query: Record<string, string> = {}): Promise<void> {
    const part = await this.#fetch(query);
    mergeFrame(this.section, part);
    merge(this.section, part, { add: "in place", drop: true });
    this.#atStart = this.section.querySelector(".first a") === null;
    this.fresh.clear();
    this.change();
  }

  /** Shows what a link of the thread leads to behind what is shown; `item`: below that. */
  async append(link: HTMLAnchorElement): Promise<void> {
    const query = Object.fromEntries(new URL(link.href).searchParams);
    const part = await this.#fetch(query);
    const item = link.closest("li");
    if (item) {
      const list = item.querySelector(":scope > ol") ?? item.appendChild(document.createElement("ol"));
      list.className = "comments";
      link.closest("p")?.remove();
      merge(item, part, { add: "end", drop: false });
    } else {
      this.section.querySelector(".next")?.replaceWith(...part.querySelectorAll(".next"));
      merge(this.section, part, { add: "end", drop: false });
    }
    this.change();
  }

  /** Shows a comment as it is now, in its place; a new one where it belongs. */
  async update(id: number): Promise<void> {
    const part = await this.#fetch({ at: String(id) });
    Object.assign(this.section.dataset, part.dataset);
    const head = part.querySelector(".head");
    if (head) this.section.querySelector(".head")?.replaceWith(head);
    merge(this.section, part, { add: this.section.dataset.sort === "newest" ? "start" : "end", drop: false });
    this.fresh.delete(id);
    this.change();
  }

  /** Takes in what has changed at the beginning of the thread; what is new there waits until it is asked for. */
  async refresh(all = false): Promise<void> {
    if (!this.#atStart) return;
    const part = await this.#fetch();
    const whole = !part.querySelector(".next a") && !this.section.querySelector(".next a");
    const comments = [...part.querySelectorAll(".comment")].map(({ id }) => id);
    mergeFrame(this.section, part, whole);
    merge(this.section, part, { add: all ? "in place" : "no", drop: whole });
    for (const id of comments) if (!this.section.querySelector(`#${id}`)) this.fresh.add(Number(id.slice(8)));
    this.change();
  }

  /** Shows what is new. */
  async showFresh(): Promise<void> {
    for (const id of [...this.fresh].sort((a, b) => a - b)) if (!this.find(id)) await this.update(id);
    this.fresh.clear();
  }

  /** Takes out a comment that was deleted; where it was answered, its place remains. */
  drop(id: number): void {
    this.fresh.delete(id);
    const article = this.find(id);
    if (article?.nextElementSibling) {
      article.className = "comment tombstone";
      article.textContent = this.t("deleted");
    } else article?.closest("li")?.remove();
    this.change();
  }

  /** Tells that something of what is shown has changed. */
  change(): void {
    this.#onChange();
  }

  /** The form of the thread's page for `query`: `report`. */
  async fetchForm(query: Record<string, string>): Promise<HTMLElement | null> {
    return (await this.#fetch(query)).querySelector<HTMLElement>(".respond");
  }

  #fetch(query: Record<string, string> = {}): Promise<HTMLElement> {
    const { page = "", sort = "oldest" } = this.section.dataset;
    return fetchPart(page, { lang: this.t.language, sort, ...query }, this.signal);
  }
}
