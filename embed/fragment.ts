import { toElements } from "@/embed/trusted";

/** What was asked for can't be shown: the server says why, in the reader's language, in `section`. */
export class Refused extends Error {
  constructor(readonly section: HTMLElement) {
    super(section.querySelector(".notice")?.textContent ?? "");
  }

  get code(): string {
    return this.section.dataset.code ?? "unknown";
  }
}

/** A part of a thread as the server renders it. Throws `Refused`, and what `fetch` throws where it can't be reached. */
export async function fetchPart(
  page: string,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<HTMLElement> {
  const address = new URL(page, location.href);
  for (const [name, value] of Object.entries({ ...query, format: "fragment" }))
    address.searchParams.set(name, value);
  const answer = await fetch(address, { signal });
  const section = toElements(await answer.text()).querySelector<HTMLElement>(".antiphon");
  if (!section) throw new Error(`${address}: ${answer.status}`);
  if (!answer.ok) throw new Refused(section);
  return section;
}
