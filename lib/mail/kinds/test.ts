import { z } from "zod";
import { kind } from "@/lib/mail/kind";

/** Whether mail arrives. */
export const test = kind(z.strictObject({}), async () => ({
  subject: "Mail from Antiphon arrives",
  blocks: [
    { text: "This is a test: messages of this comment server arrive here." },
    { links: [{ label: "To the server", path: "/" }] },
  ],
}));
