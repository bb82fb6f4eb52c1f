import { z } from "zod";
import { kind } from "@/lib/mail/kind";

/** Says that the password is another one, so that whoever did not do it hears of it. */
export const passwordChanged = kind(z.strictObject({}), async ({ user }) =>
  user === null
    ? null
    : {
        subject: "Your password was changed",
        blocks: [
          {
            text: "The password of your account here was changed, and its other sessions ended. If that was you, all is well. API tokens go on.",
          },
          { text: "If it was not you, take a new one at once, and tell whoever runs this server:" },
          { links: [{ label: "Take a new password", path: "/forgotten" }] },
        ],
      },
);
