import { idOf } from "@/embed/acts";
import type { Discussion } from "@/embed/Discussion";

/** Sends the vote that a button stands for, and shows what came of it. */
export async function vote(
  discussion: Discussion,
  form: HTMLFormElement,
  button: HTMLElement | null,
): Promise<void> {
  const { api, post, memory } = discussion;
  const asked = button?.getAttribute("value");
  const id = idOf(form);
  const votes = await api.vote(post, id, asked === "1" ? 1 : asked === "-1" ? -1 : 0);
  memory.setVote(id, votes.mine);
  showVotes(discussion, form, votes);
}

/** Marks how the reader has voted, with the numbers where they are known. */
export function showVotes(
  { memory, t }: Pick<Discussion, "memory" | "t">,
  form: HTMLFormElement,
  votes?: { up: number; down: number },
): void {
  const mine = memory.voteOn(idOf(form));
  for (const [name, value] of [
    ["up", 1],
    ["down", -1],
  ] as const) {
    const button = form.querySelector<HTMLButtonElement>(`.${name}`);
    if (!button) continue;
    button.ariaPressed = String(mine === value);
    button.value = String(mine === value ? 0 : value);
    if (votes) button.lastChild?.replaceWith(` ${votes[name] > 0 ? t.number(votes[name]) : ""}`);
  }
}
