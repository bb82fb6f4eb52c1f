import Head from "next/head";
import { api } from "@/components/api";
import { Filled } from "@/components/Filled";
import { useLink, useTexts } from "@/components/LanguageContext";
import { Page } from "@/components/Page";
import { SignInForm } from "@/components/SignInForm";
import { readNext } from "@/lib/http/next";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { Redirect } from "@/lib/http/visitor";
import { sendsMail } from "@/lib/mail/asking";
import { type Notice, readRefusal } from "@/lib/notices";
import { isSetupOpen } from "@/lib/setup";
import { store } from "@/lib/store";

interface Props {
  /** Where to go once signed in. */
  next: string;
  /** The token of a setup link that can be used; `dead` for one that can't. */
  setup: { token: string } | "dead" | null;
  notice: Notice | null;
  /** Whether a new password can be had by mail. */
  mail: boolean;
}

export const getServerSideProps = serverSide<Props>(
  async (context, visitor, t) => {
    const next = readNext(readParameter(context, "next")) ?? "/";
    if (visitor) throw new Redirect(next);
    context.res.setHeader("Cache-Control", "private, no-store");
    const token = readParameter(context, "setup");
    const mail = sendsMail();
    const notice: Notice | null =
      readParameter(context, "changed") === "1"
        ? { kind: "held", text: t("login.changed"), field: null }
        : readRefusal(context, t, ["name", "email", "password"]);
    if (token === undefined) return { next, setup: null, notice, mail };
    const open = await isSetupOpen(await store(), token);
    return { next, setup: open ? { token } : "dead", notice: open ? notice : null, mail };
  },
  ["login", "wrong", "problem"],
);

export default function LoginPage({ next, setup, notice, mail }: Props) {
  const t = useTexts();
  const link = useLink();
  const first = setup !== null && setup !== "dead";
  return (
    <Page title={t(first ? "login.make" : "signIn")}>
      <Head>
        <meta name="robots" content="noindex" />
      </Head>
      <div className="sign-in">
        {first ? (
          <>
            <h1>{t("login.make")}</h1>
            <p>{t("login.makeText")}</p>
            <SignInForm
              action="/api/users"
              send={({ name = "", email = "", password, setup }) =>
                api.users.create({ name, email, password, setup })
              }
              hidden={{ setup: setup.token }}
              fields={[
                { name: "name", label: t("name"), autoComplete: "name", maxLength: 80, dir: "auto" },
                { name: "email", label: t("email"), type: "email", autoComplete: "username", maxLength: 254 },
                {
                  name: "password",
                  label: t("password"),
                  type: "password",
                  autoComplete: "new-password",
                  minLength: 8,
                  hint: t("passwordHint"),
                },
              ]}
              next={next}
              notice={notice}
              focus="name"
            >
              {t("login.makeButton")}
            </SignInForm>
          </>
        ) : (
          <>
            <h1>{t("signIn")}</h1>
            {setup === "dead" && (
              <p className="notice refused">
                <Filled text="login.dead" place="command">
                  <code>npm run user -- setup</code>
                </Filled>
              </p>
            )}
            <SignInForm
              action="/api/session"
              send={({ email = "", password = "" }) => api.session.signIn({ email, password })}
              hidden={{}}
              fields={[
                { name: "email", label: t("email"), type: "email", autoComplete: "username", maxLength: 254 },
                {
                  name: "password",
                  label: t("password"),
                  type: "password",
                  autoComplete: "current-password",
                },
              ]}
              next={next}
              notice={notice}
              focus="password"
            >
              {t("signIn")}
            </SignInForm>
            <p className="hint">
              {mail ? <a href={link("/forgotten")}>{t("login.forgotten")}</a> : t("login.ask")}
            </p>
          </>
        )}
      </div>
    </Page>
  );
}
