import { useContext } from "react";
import { useLink, useTexts } from "@/components/LanguageContext";
import { MailContext } from "@/components/MailContext";
import { Page } from "@/components/Page";
import { People, type PeoplePart } from "@/components/People";
import { fromCursor, keyOf, toCursor } from "@/lib/http/page";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { requireVisitor } from "@/lib/http/visitor";
import { type Notice, readRefusal } from "@/lib/notices";
import { store } from "@/lib/store";
import { toUserAnswer } from "@/lib/users";
import type { Visitor } from "@/lib/who";

const PEOPLE = 20;

interface Props {
  first: PeoplePart | null;
  nextPage: string | null;
  notice: Notice | null;
}

export const getServerSideProps = serverSide<Props>(
  async (context, found, t) => {
    const visitor = requireVisitor(context, found);
    const notice = readRefusal(context, t);
    if (readParameter(context, "list") !== "1") return { first: null, nextPage: null, notice };
    return { ...(await readPart(visitor, readParameter(context, "cursor"))), notice };
  },
  ["people", "role", "problem"],
);

/** A part of the list for browsers without JavaScript; with it, the API is asked for the next one. */
async function readPart({ user }: Visitor, cursor: string | undefined) {
  const after = fromCursor("time", cursor);
  const { rows, more } = await (await store()).users.list({ after, limit: PEOPLE });
  const people = rows.map((person) => toUserAnswer(person, { role: user.role, user }));
  const last = rows.at(-1);
  const next = more && last ? toCursor("time", keyOf("time", last)) : null;
  return {
    first: { people, cursor: next },
    nextPage: next && `/people?${new URLSearchParams({ cursor: next })}`,
  };
}

export default function PeoplePage({ first, nextPage, notice }: Props) {
  const t = useTexts();
  const link = useLink();
  const mails = useContext(MailContext);
  return (
    <Page title={t("people")}>
      <h1>{t("people")}</h1>
      <p>{t("people.text")}</p>
      {mails && (
        <p>
          <a href={link("/subscriptions")}>{t("people.mail")}</a>
        </p>
      )}
      {notice && (
        <p className="notice refused" role="alert">
          {notice.text}
        </p>
      )}
      <People first={first} nextPage={nextPage} />
    </Page>
  );
}
