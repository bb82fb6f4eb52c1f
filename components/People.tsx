import { type FormEvent, useContext, useEffect, useRef, useState } from "react";
import { api } from "@/components/api";
import { Filled } from "@/components/Filled";
import { Instant } from "@/components/Instant";
import { LanguageContext, useTexts } from "@/components/LanguageContext";
import { toRefusal } from "@/components/refusal";
import type { UserAnswer } from "@/lib/schemas/users";

/** How many come at once: a size to read. */
const LIMIT = 20;

/** A part of the list of people. `cursor`: where the part that follows begins, or null. */
export interface PeoplePart {
  people: UserAnswer[];
  cursor: string | null;
}

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
  const t = useTexts();
  const { chosen } = useContext(LanguageContext);
  const [people, setPeople] = useState(first?.people ?? []);
  const [next, setNext] = useState(() => loaderAfter(first));
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
    try {
      const part = await next();
      setPeople([...people, ...part.items]);
      setNext(() => part.next);
      setState("idle");
      if (part.next === null) setArrived(part.items[0]?.id ?? null);
    } catch (error) {
      setState({ refused: toRefusal(t, error).text });
    }
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
        {state === "loading" && <p className="hint">{t("loading")}</p>}
        {state === "idle" && loaded && (
          <p className="hint" suppressHydrationWarning>
            {t(next === null ? "people.count" : "people.soFar", { count: people.length })}
          </p>
        )}
      </div>
      <div role="alert">{typeof state === "object" && <p className="notice refused">{state.refused}</p>}</div>
      {next !== null && (
        <form method="get" action="/people" onSubmit={load} aria-busy={state === "loading"}>
          {Object.entries(toFields(nextPage)).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          {chosen && <input type="hidden" name="lang" value={chosen} />}
          <button type="submit" aria-disabled={state === "loading"}>
            {t(state === "loading" ? "loading" : loaded ? "people.more" : "people.load")}
          </button>
        </form>
      )}
    </>
  );
}

/** What loads the people after those of the page, from the beginning where it has none; null at the end. */
function loaderAfter(first: PeoplePart | null) {
  const cursor = first ? first.cursor : undefined;
  return cursor === null ? null : () => api.users.list({ limit: LIMIT, cursor });
}

function Person({ person }: { person: UserAnswer }) {
  const t = useTexts();
  const { id, name, profession, website, avatar, role, createdAt, email } = person;
  return (
    <li data-id={id} tabIndex={-1}>
      <img src={avatar} alt="" width={44} height={44} loading="lazy" />
      <div>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        {role !== "member" && <span className="role">{t(`role.${role}`)}</span>}
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
          <Filled text="people.since" place="date">
            <Instant at={createdAt} only="day" />
          </Filled>
        </p>
      </div>
    </li>
  );
}

/** What a form without JavaScript asks this page for. */
function toFields(nextPage: string | null): Record<string, string> {
  const query = new URLSearchParams(nextPage?.split("?")[1]);
  return { list: "1", ...Object.fromEntries(query) };
}
