import { Confirm } from "@/components/Confirm";
import { Field } from "@/components/Field";
import { useLink, useTexts } from "@/components/LanguageContext";
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

/** The keys of what each state says. */
const PAGES = {
  ask: { title: "data.title", text: ["data.ask", "data.account"] },
  sent: { title: "sent.title", text: ["data.sent", "sent.none"] },
  off: { title: "data.title", text: ["data.off"] },
  over: { title: "over.title", text: ["data.over"] },
  done: { title: "data.erased", text: ["data.erasedText"] },
};

export const getServerSideProps = serverSide<Props>(
  async (context, _visitor, t) => {
    keepSecret(context.res);
    const notice = readRefusal(context, t, ["email"]);
    const token = readParameter(context, "token");
    if (token !== undefined) {
      const email = await findGuest(await store(), token);
      return { state: email === null ? "over" : { token, email }, notice: email === null ? null : notice };
    }
    if (readParameter(context, "done") === "1") return { state: "done", notice };
    if (!sendsMail()) return { state: "off", notice: null };
    return { state: readParameter(context, "sent") === "1" ? "sent" : "ask", notice };
  },
  ["data", "sent", "over"],
);

export default function DataPage({ state, notice }: Props) {
  const t = useTexts();
  const link = useLink();
  if (typeof state === "object") return <Held {...state} notice={notice} />;
  const { title, text } = PAGES[state];
  const form = state === "ask" ? { action: "/api/user/data", hidden: {}, button: t("sent.button") } : null;
  const wrong = notice?.field === "email" ? notice.text : null;
  const again = state === "over" ? <a href={link("/data")}>{t("over.again")}</a> : null;
  return (
    <Confirm
      title={t(title)}
      text={text.map((key) => t(key))}
      form={form}
      notice={wrong === null ? notice : null}
      after={again}
    >
      <Field
        name="email"
        label={t("email")}
        type="email"
        autoComplete="email"
        maxLength={254}
        wrong={wrong}
      />
    </Confirm>
  );
}

function Held({ token, email, notice }: { token: string; email: string; notice: Notice | null }) {
  const t = useTexts();
  return (
    <Confirm
      title={t("data.held")}
      text={[t("data.under", { email }), t("data.meaning")]}
      form={{
        action: "/api/user/data",
        hidden: { _method: "DELETE", token },
        button: t("data.erase"),
      }}
      notice={notice}
      before={
        <a href={`/api/user/data?token=${token}`} download="antiphon-data.json">
          {t("data.save")}
        </a>
      }
    />
  );
}
