import { Confirm } from "@/components/Confirm";
import { Field } from "@/components/Field";
import { Filled } from "@/components/Filled";
import { useTexts } from "@/components/LanguageContext";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { sendsMail } from "@/lib/mail/asking";
import { type Notice, readRefusal } from "@/lib/notices";

interface Props {
  /** `off`: this server sends no mail. */
  state: "ask" | "sent" | "off";
  notice: Notice | null;
}

export const getServerSideProps = serverSide<Props>(
  async (context, _visitor, t) => {
    context.res.setHeader("Cache-Control", "private, no-store");
    const sent = readParameter(context, "sent") === "1";
    return {
      state: sendsMail() ? (sent ? "sent" : "ask") : "off",
      notice: readRefusal(context, t, ["email"]),
    };
  },
  ["forgotten", "sent"],
);

export default function ForgottenPage({ state, notice }: Props) {
  const t = useTexts();
  const title = t(state === "sent" ? "sent.title" : "forgotten.title");
  const texts = { ask: [t("forgotten.ask")], sent: [t("forgotten.sent"), t("sent.none")], off: [] };
  const form =
    state === "ask" ? { action: "/api/password-reset", hidden: {}, button: t("sent.button") } : null;
  const wrong = notice?.field === "email" ? notice.text : null;
  return (
    <Confirm
      title={title}
      text={texts[state]}
      form={form}
      notice={wrong === null ? notice : null}
      before={
        state === "off" && (
          <Filled text="forgotten.off" place="command">
            <code>npm run user -- password</code>
          </Filled>
        )
      }
    >
      <Field
        name="email"
        label={t("email")}
        type="email"
        autoComplete="username"
        maxLength={254}
        wrong={wrong}
      />
    </Confirm>
  );
}
