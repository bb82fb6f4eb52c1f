import type { ReactNode } from "react";
import { Time } from "@/components/Time";
import type { SubscriptionAnswer } from "@/lib/schemas/subscriptions";

interface Props {
  all: SubscriptionAnswer[];
  /** Of the mailed link that opened the page; null for somebody who is signed in. */
  token: string | null;
}

/** What somebody hears of by mail, each with its form; the browser sends them by itself. */
export function Subscriptions({ all, token }: Props) {
  if (all.length === 0) return <p>You hear of nothing. To hear of replies, tick the box when you comment.</p>;
  return (
    <>
      <ul className="subscriptions">
        {all.map((one) => (
          <li key={one.id}>
            <Entry one={one} token={token} />
          </li>
        ))}
      </ul>
      {all.length > 1 && (
        <Change token={token}>
          <input type="hidden" name="notify" value="off" />
          <button type="submit">End all</button>
        </Change>
      )}
    </>
  );
}

function Entry({ one, token }: { one: SubscriptionAnswer; token: string | null }) {
  const { id, post, title, comment, notify, pace, confirmed, createdAt } = one;
  return (
    <>
      <h2>
        <a href={`/posts/${post}?at=${comment}#comment-${comment}`}>
          <bdi>{title}</bdi>
        </a>
      </h2>
      <p className="hint">
        Since <Time at={createdAt} />
        {!confirmed && ". Waits until you confirm it, with the link in the message that asks you to"}
      </p>
      <Change token={token} id={id}>
        <p>
          <label htmlFor={`notify-${id}`}>What</label>
          <select id={`notify-${id}`} name="notify" defaultValue={notify}>
            <option value="replies">Replies to my comment</option>
            <option value="thread">All comments there</option>
            <option value="off">Nothing: end it</option>
          </select>
        </p>
        <p>
          <label htmlFor={`pace-${id}`}>When</label>
          <select id={`pace-${id}`} name="pace" defaultValue={pace}>
            <option value="soon">Soon after they come</option>
            <option value="daily">Once a day, together</option>
          </select>
        </p>
        <p>
          <button type="submit">Save</button>
        </p>
      </Change>
    </>
  );
}

function Change({ token, id, children }: { token: string | null; id?: number; children: ReactNode }) {
  return (
    <form className="subscription" method="post" action="/api/subscriptions">
      {token !== null && <input type="hidden" name="token" value={token} />}
      {id !== undefined && <input type="hidden" name="id" value={id} />}
      {children}
    </form>
  );
}
