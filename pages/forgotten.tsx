import { Confirm } from "@/components/Confirm";
import { Field } from "@/components/Field";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { sendsMail } from "@/lib/mail/asking";
import { type Notice, readRefusal } from "@/lib/notices";

interface Props {
  /** `off`: this server sends no mail. */
  state: "ask" | "sent" | "off";
  notice: Notice | null;
}

const FIELDS = { email: "This is not an e-mail address." };

const TEXTS = {
  ask: ["Say the e-mail address of your account. A link to take a new password comes by mail."],
  sent: [
    "If there is an account with this address, a link is on its way to it. It works for an hour.",
    "Nothing came? Look among the spam. Another link can be had after five minutes.",
  ],
  off: [
    "This server sends no mail. Whoever runs it can set another password for you, with npm run user -- password and your e-mail address.",
  ],
};

export const getServerSideProps = serverSide<Props>(async (context) => {
  context.res.setHeader("Cache-Control", "private, no-store");
  const sent = readParameter(context, "sent") === "1";
  return {
    state: sendsMail() ? (sent ? "sent" : "ask") : "off",
    notice: readRefusal(context, FIELDS),
  };
});

export default function ForgottenPage({ state, notice }: Props) {
  const title = state === "sent" ? "Look into your mail" : "Forgotten your password?";
  const form =
    state === "ask" ? { action: "/api/password-reset", hidden: {}, button: "Send the link" } : null;
  const wrong = notice?.field === "email" ? notice.text : null;
  return (
    <Confirm title={title} text={TEXTS[state]} form={form} notice={wrong === null ? notice : null}>
      <Field name="email" label="E-mail" type="email" autoComplete="username" maxLength={254} wrong={wrong} />
    </Confirm>
  );
}
