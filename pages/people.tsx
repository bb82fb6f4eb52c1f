import { useContext } from "react";
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

export const getServerSideProps = serverSide<Props>(async (context, found) => {
  const visitor = requireVisitor(context, found);
  const notice = readRefusal(context, {});
  if (readParameter(context, "list") !== "1") return { first: null, nextPage: null, notice };
  return { ...(await readPart(visitor, readParameter(context, "cursor"))), notice };
});

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
  const mails = useContext(MailContext);
  return (
    <Page title="People">
      <h1>People</h1>
      <p>
        Everybody with an account on this server.
        {mails && (
          <>
            {" "}
            There is also <a href="/subscriptions">what you hear of by mail</a>.
          </>
        )}
      </p>
      {notice && (
        <p className="notice refused" role="alert">
          {notice.text}
        </p>
      )}
      <People first={first} nextPage={nextPage} />
    </Page>
  );
}
