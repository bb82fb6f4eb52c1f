import { z } from "zod";
import { kind } from "@/lib/mail/kind";

/** To the address that an account had: that it has another. Which, is not its business. */
export const addressChanged = kind(z.strictObject({ user: z.int() }), async () => ({
  subject: "Your account has another e-mail address",
  blocks: [
    {
      text: "The account that had this e-mail address has another one now: messages go there, and one signs in with that one.",
    },
    { text: "If it was not you who changed it, tell whoever runs this server at once." },
    { links: [{ label: "To the server", path: "/" }] },
  ],
}));
