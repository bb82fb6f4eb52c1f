import { type FormEvent, useEffect, useRef, useState } from "react";
import { fetchPeople, type PeoplePart } from "@/components/fetchPeople";
import { Time } from "@/components/Time";
import type { UserAnswer } from "@/lib/schemas/users";

/** Where the API's list begins, in parts of a size to read. */
const FIRST = "/api/users?limit=20";

interface Props {
  /** What the server has read already, for browsers without JavaScript; null: nothing yet. */
  first: PeoplePart | null;
  /** The address of this page that shows the part after `first`. */
  nextPage: string | null;
}

/**
 * A button that loads the people into a list. Without JavaScript it is the button of a form, which asks for this page
 * with the list in it.
 */
export function People({ first, nextPage }: Props) {
  const [people, setPeople] = useState(first?.people ?? []);
  const [next, setNext] = useState(first ? first.next : FIRST);
  const [state, setState] = useState<"idle" | "loading" | { refused: string }>("idle");
  /** The first of those that came last: it takes the focus from a button that is gone. */
  const [arrived, setArrived] = useState<number | null>(null);
  const list = useRef<HTMLUListElement>(null);

  useEffect(() => {
    if (arrived !== null) list.current?.querySelector<HTMLElement>(`[data-id="${arrived}"]`)?.focus();
  }, [arrived]);

  const load = async (event: FormEvent) => {
    event.preventDefault();
    if (state === "loading" || next === null) return;
    setState("loading");
    const part = await fetchPeople(next);
    if ("refused" in part) return setState(part);
    setPeople([...people, ...part.people]);
    setNext(part.next);
    setState("idle");
    if (part.next === null) setArrived(part.people[0]?.id ?? null);
  };

  const loaded = people.length > 0;
  return (
    <>
      {loaded && (
        <ul className="people" ref={list}>
          {people.map((person) => (
            <Person key={person.id} person={person} />
          ))}
        </ul>
      )}
      <div role="status">
        {state === "loading" && <p className="hint">Loading…</p>}
        {state === "idle" && loaded && <p className="hint">{count(people.length, next !== null)}</p>}
      </div>
      <div role="alert">{typeof state === "object" && <p className="notice refused">{state.refused}</p>}</div>
      {next !== null && (
        <form method="get" action="/people" onSubmit={load} aria-busy={state === "loading"}>
          {Object.entries(toFields(nextPage)).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <button type="submit" aria-disabled={state === "loading"}>
            {state === "loading" ? "Loading…" : loaded ? "Load more people" : "Load the people"}
          </button>
        </form>
      )}
    </>
  );
}

function Person({ person }: { person: UserAnswer }) {
  const { id, name, profession, website, avatar, role, createdAt, email } = person;
  return (
    <li data-id={id} tabIndex={-1}>
      <img src={avatar} alt="" width={44} height={44} loading="lazy" />
      <div>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        {role !== "member" && <span className="role">{role}</span>}
        {profession && <p dir="auto">{profession}</p>}
        <p className="when">
          {website && (
            <>
              <a href={website} rel="nofollow ugc noopener">
                {website.replace(/^https?:\/\/|\/$/g, "")}
              </a>
              {" · "}
            </>
          )}
          {email && (
            <>
              {email}
              {" · "}
            </>
          )}
          since <Time at={createdAt} only="day" />
        </p>
      </div>
    </li>
  );
}

function count(shown: number, more: boolean): string {
  if (more) return `${shown} people so far`;
  return shown === 1 ? "1 person" : `${shown} people`;
}

/** What a form without JavaScript asks this page for. */
function toFields(nextPage: string | null): Record<string, string> {
  const query = new URLSearchParams(nextPage?.split("?")[1]);
  return { list: "1", ...Object.fromEntries(query) };
}
