import { Confirm } from "@/components/Confirm";
import { Field } from "@/components/Field";
import { findGuest } from "@/lib/guests";
import { keepSecret } from "@/lib/http/mailedPage";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { sendsMail } from "@/lib/mail/asking";
import { type Notice, readRefusal } from "@/lib/notices";
import { store } from "@/lib/store";

interface Props {
  /** `off`: this server sends no mail. `over`: the link is. `held`: by the link with this token. */
  state: "ask" | "sent" | "off" | "over" | "done" | { token: string; email: string };
  notice: Notice | null;
}

const FIELDS = { email: "This is not an e-mail address." };

const PAGES = {
  ask: {
    title: "What is kept of you?",
    text: [
      "Say the e-mail address that you gave with your comments. A link comes by mail, to see what is kept under it, to take it with you, or to have it erased.",
      "With an account, sign in instead: what you wrote under it belongs to the account.",
    ],
  },
  sent: {
    title: "Look into your mail",
    text: [
      "If anything is kept under this address, a link is on its way to it. It works for an hour.",
      "Nothing came? Look among the spam. Another link can be had after five minutes.",
    ],
  },
  off: {
    title: "What is kept of you?",
    text: ["This server sends no mail, so it can’t check whose an address is. Ask whoever runs it."],
  },
  over: {
    title: "This link is over",
    text: ["It is too old, or nothing is kept under your address any more."],
  },
  done: {
    title: "It is erased",
    text: ["Everything that was written under your address is gone. Replies of others stay."],
  },
};

export const getServerSideProps = serverSide<Props>(async (context) => {
  keepSecret(context.res);
  const notice = readRefusal(context, FIELDS);
  const token = readParameter(context, "token");
  if (token !== undefined) {
    const email = await findGuest(await store(), token);
    return { state: email === null ? "over" : { token, email }, notice: email === null ? null : notice };
  }
  if (readParameter(context, "done") === "1") return { state: "done", notice };
  if (!sendsMail()) return { state: "off", notice: null };
  return { state: readParameter(context, "sent") === "1" ? "sent" : "ask", notice };
});

export default function DataPage({ state, notice }: Props) {
  if (typeof state === "object") return <Held {...state} notice={notice} />;
  const { title, text } = PAGES[state];
  const form = state === "ask" ? { action: "/api/user/data", hidden: {}, button: "Send the link" } : null;
  const wrong = notice?.field === "email" ? notice.text : null;
  const again = state === "over" ? <a href="/data">Have another one sent</a> : null;
  return (
    <Confirm title={title} text={text} form={form} notice={wrong === null ? notice : null} after={again}>
      <Field name="email" label="E-mail" type="email" autoComplete="email" maxLength={254} wrong={wrong} />
    </Confirm>
  );
}

function Held({ token, email, notice }: { token: string; email: string; notice: Notice | null }) {
  return (
    <Confirm
      title="What is kept of you"
      text={[
        `Under ${email}, from comments that you wrote without an account.`,
        "To erase means: your comments lose text, name, e-mail address, website and all else that tells of you, and go; where others replied, an empty place stays. It can’t be undone.",
      ]}
      form={{
        action: "/api/user/data",
        hidden: { _method: "DELETE", token },
        button: "Erase everything",
      }}
      notice={notice}
      before={
        <a href={`/api/user/data?token=${token}`} download="antiphon-data.json">
          Save everything as a file (JSON)
        </a>
      }
    />
  );
}
