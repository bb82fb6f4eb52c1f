import { Confirm } from "@/components/Confirm";
import { Field } from "@/components/Field";
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

const FIELDS = {
  password: "Take a password of 8 to 256 characters that is not among those that are guessed first.",
};

export const getServerSideProps = serverSide<Props>(async (context) => {
  keepSecret(context.res);
  const token = readParameter(context, "token") ?? "";
  const email = await findResetAddress(await store(), token);
  const link = email === null ? null : { token, email };
  return { link, notice: link && readRefusal(context, FIELDS) };
});

export default function PasswordPage({ link, notice }: Props) {
  if (link === null)
    return (
      <Confirm
        title="This link is over"
        text={["It was used, or is too old, or your account has changed meanwhile."]}
        form={null}
        after={<a href="/forgotten">Have another one sent</a>}
      />
    );
  const wrong = notice?.field === "password" ? notice.text : null;
  const form = {
    action: "/api/password-reset",
    hidden: { _method: "PUT", token: link.token },
    button: "Take this password",
  };
  return (
    <Confirm
      title="Choose a new password"
      text={[`For the account of ${link.email}. You will be signed out everywhere.`]}
      form={form}
      notice={wrong === null ? notice : null}
    >
      {/* For programs that keep passwords: whose it is. Without a name it is not sent. */}
      <input type="email" autoComplete="username" defaultValue={link.email} readOnly hidden />
      <Field
        name="password"
        label="New password"
        type="password"
        autoComplete="new-password"
        minLength={8}
        hint="8 characters or more, of any kind. A few words that only you would put together are best."
        wrong={wrong}
      />
    </Confirm>
  );
}
