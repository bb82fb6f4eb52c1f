import { Confirm } from "@/components/Confirm";
import { Field } from "@/components/Field";
import { useLink, useTexts } from "@/components/LanguageContext";
import { keepSecret } from "@/lib/http/mailedPage";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { type Notice, readRefusal } from "@/lib/notices";
import { findResetAddress } from "@/lib/reset";
import { store } from "@/lib/store";

interface Props {
  /** Null: the link is over. */
  link: { token: string; email: string } | null;
  notice: Notice | null;
}

export const getServerSideProps = serverSide<Props>(
  async (context, _visitor, t) => {
    keepSecret(context.res);
    const token = readParameter(context, "token") ?? "";
    const email = await findResetAddress(await store(), token);
    const link = email === null ? null : { token, email };
    return { link, notice: link && readRefusal(context, t, ["password"]) };
  },
  ["reset", "over"],
);

export default function PasswordPage({ link, notice }: Props) {
  const t = useTexts();
  const toPage = useLink();
  if (link === null)
    return (
      <Confirm
        title={t("over.title")}
        text={[t("reset.over")]}
        form={null}
        after={<a href={toPage("/forgotten")}>{t("over.again")}</a>}
      />
    );
  const wrong = notice?.field === "password" ? notice.text : null;
  const form = {
    action: "/api/password-reset",
    hidden: { _method: "PUT", token: link.token },
    button: t("reset.button"),
  };
  return (
    <Confirm
      title={t("reset.title")}
      text={[t("reset.text", { email: link.email })]}
      form={form}
      notice={wrong === null ? notice : null}
    >
      {/* For programs that keep passwords: whose it is. Without a name it is not sent. */}
      <input type="email" autoComplete="username" defaultValue={link.email} readOnly hidden />
      <Field
        name="password"
        label={t("reset.password")}
        type="password"
        autoComplete="new-password"
        minLength={8}
        hint={t("passwordHint")}
        wrong={wrong}
      />
    </Confirm>
  );
}
