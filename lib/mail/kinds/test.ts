import { z } from "zod";
import { kind } from "@/lib/mail/kind";
import type { Letter } from "@/lib/mail/letter";

/** Says that mail arrives. */
export const testLetter: Letter = {
  subject: "Mail from Antiphon arrives",
  blocks: [
    { text: "This is a test: messages of this comment server arrive here." },
    { links: [{ label: "To the server", path: "/" }] },
  ],
};

/** Whether mail arrives. */
export const test = kind(z.strictObject({}), async () => testLetter);
