import { z } from "zod";
import { kind } from "@/lib/mail/kind";
import { reset } from "@/lib/mail/proofs/reset";

/** The link that takes a new password, to whoever has the account. */
export const passwordReset = kind(z.strictObject({}), async ({ store, user, now }) => {
  const token = user === null ? null : await reset.token(store, { user }, now);
  if (token === null) return null;
  return {
    subject: "A new password",
    blocks: [
      { text: "Somebody asked for a new password for your account here. If that was you, choose one:" },
      { links: [{ label: "Choose a new password", path: `/password?token=${token}` }] },
      { text: "The link works once, for an hour. If it was not you, do nothing: your password stays." },
    ],
  };
});
