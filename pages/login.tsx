import Head from "next/head";
import { api } from "@/components/api";
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

/** What may be wrong with each field, where a browser without JavaScript is led back here. */
const FIELDS = {
  name: "The name is missing or too long, or has characters in it that can’t be shown.",
  email: "This is not an e-mail address.",
  password: "Take a password of 8 to 256 characters that is not among those that are guessed first.",
};

const CHANGED: Notice = {
  kind: "held",
  text: "Your password is changed. Sign in with the new one.",
  field: null,
};

export const getServerSideProps = serverSide<Props>(async (context, visitor) => {
  const next = readNext(readParameter(context, "next")) ?? "/";
  if (visitor) throw new Redirect(next);
  context.res.setHeader("Cache-Control", "private, no-store");
  const token = readParameter(context, "setup");
  const mail = sendsMail();
  const notice = readParameter(context, "changed") === "1" ? CHANGED : readRefusal(context, FIELDS);
  if (token === undefined) return { next, setup: null, notice, mail };
  const open = await isSetupOpen(await store(), token);
  return { next, setup: open ? { token } : "dead", notice: open ? notice : null, mail };
});

export default function LoginPage({ next, setup, notice, mail }: Props) {
  const first = setup !== null && setup !== "dead";
  return (
    <Page title={first ? "Make your account" : "Sign in"}>
      <Head>
        <meta name="robots" content="noindex" />
      </Head>
      <div className="sign-in">
        {first ? (
          <>
            <h1>Make your account</h1>
            <p>Its role is admin. This link makes one account, and is dead from then on.</p>
            <SignInForm
              action="/api/users"
              send={({ name = "", email = "", password, setup }) =>
                api.users.create({ name, email, password, setup })
              }
              hidden={{ setup: setup.token }}
              fields={[
                { name: "name", label: "Name", autoComplete: "name", maxLength: 80, dir: "auto" },
                { name: "email", label: "E-mail", type: "email", autoComplete: "username", maxLength: 254 },
                {
                  name: "password",
                  label: "Password",
                  type: "password",
                  autoComplete: "new-password",
                  minLength: 8,
                  hint: "8 characters or more, of any kind. A few words that only you would put together are best.",
                },
              ]}
              next={next}
              notice={notice}
              focus="name"
            >
              Make the account
            </SignInForm>
          </>
        ) : (
          <>
            <h1>Sign in</h1>
            {setup === "dead" && (
              <p className="notice refused">
                This setup link was used, or is too old. Whoever runs this server makes another with{" "}
                <code>npm run user -- setup</code>.
              </p>
            )}
            <SignInForm
              action="/api/session"
              send={({ email = "", password = "" }) => api.session.signIn({ email, password })}
              hidden={{}}
              fields={[
                { name: "email", label: "E-mail", type: "email", autoComplete: "username", maxLength: 254 },
                { name: "password", label: "Password", type: "password", autoComplete: "current-password" },
              ]}
              next={next}
              notice={notice}
              focus="password"
            >
              Sign in
            </SignInForm>
            <p className="hint">
              {mail ? (
                <a href="/forgotten">Forgotten password?</a>
              ) : (
                "Forgotten? Whoever runs this server can set another password."
              )}
            </p>
          </>
        )}
      </div>
    </Page>
  );
}
