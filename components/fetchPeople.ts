import type { UserAnswer } from "@/lib/schemas/users";

/** A part of the list of people. `next`: the address of the part that follows, or null. */
export interface PeoplePart {
  people: UserAnswer[];
  next: string | null;
}

/** The people that the API lists at `address`; what to tell whoever asked, where it can't. */
export async function fetchPeople(address: string): Promise<PeoplePart | { refused: string }> {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    const body = await answer.json();
    if (answer.status === 401) return { refused: "You are not signed in any more. Sign in again." };
    if (!answer.ok) return { refused: `${body.error}.` };
    const next = /<([^>]+)>; rel="next"/.exec(answer.headers.get("Link") ?? "")?.[1] ?? null;
    return { people: body, next };
  } catch {
    return { refused: "The server can’t be reached. Try again." };
  }
}
