import type { Discussion } from "@/embed/Discussion";

/** Sends the vote that a button stands for, and shows what came of it. */
export async function vote(
  discussion: Discussion,
  form: HTMLFormElement,
  button: HTMLButtonElement,
): Promise<void> {
  const { api, post, memory } = discussion;
  const id = idOf(form);
  if (post === null || form.ariaBusy) return;
  form.ariaBusy = "true";
  try {
    const value = button.value === "1" ? 1 : button.value === "-1" ? -1 : 0;
    const votes = await api.vote(post, id, value);
    memory.setVote(id, votes.mine);
    showVotes(discussion, form, votes);
  } finally {
    form.ariaBusy = null;
  }
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

function idOf(form: Element): number {
  return Number(form.closest(".comment")?.id.slice(8));
}
