import type { ReactNode } from "react";
import { Filled } from "@/components/Filled";
import { Instant } from "@/components/Instant";
import { useLink, useTexts } from "@/components/LanguageContext";
import type { SubscriptionAnswer } from "@/lib/schemas/subscriptions";

interface Props {
  all: SubscriptionAnswer[];
  /** Of the mailed link that opened the page; null for somebody who is signed in. */
  token: string | null;
}

/** What somebody hears of by mail, each with its form; the browser sends them by itself. */
export function Subscriptions({ all, token }: Props) {
  const t = useTexts();
  if (all.length === 0) return <p>{t("mail.none")}</p>;
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
          <button type="submit">{t("mail.endAll")}</button>
        </Change>
      )}
    </>
  );
}

function Entry({ one, token }: { one: SubscriptionAnswer; token: string | null }) {
  const t = useTexts();
  const link = useLink();
  const { id, post, title, comment, notify, pace, confirmed, createdAt } = one;
  return (
    <>
      <h2>
        <a href={link(`/posts/${post}?at=${comment}#comment-${comment}`)}>
          <bdi>{title}</bdi>
        </a>
      </h2>
      <p className="hint">
        <Filled text="mail.since" place="date">
          <Instant at={createdAt} />
        </Filled>
      </p>
      {!confirmed && <p className="hint">{t("mail.waits")}</p>}
      <Change token={token} id={id}>
        <p>
          <label htmlFor={`notify-${id}`}>{t("mail.what")}</label>
          <select id={`notify-${id}`} name="notify" defaultValue={notify}>
            <option value="replies">{t("mail.replies")}</option>
            <option value="thread">{t("mail.thread")}</option>
            <option value="off">{t("mail.off")}</option>
          </select>
        </p>
        <p>
          <label htmlFor={`pace-${id}`}>{t("mail.when")}</label>
          <select id={`pace-${id}`} name="pace" defaultValue={pace}>
            <option value="soon">{t("mail.soon")}</option>
            <option value="daily">{t("mail.daily")}</option>
          </select>
        </p>
        <p>
          <button type="submit">{t("mail.save")}</button>
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
