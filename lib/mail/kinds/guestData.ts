import { z } from "zod";
import { kind } from "@/lib/mail/kind";
import { guestData } from "@/lib/mail/proofs/guestData";

/** The link that leads to what a guest wrote. */
export const guestDataLink = kind(z.strictObject({}), async ({ id, store, address, now }) => {
  const token = await guestData.token(store, { email: address, mail: id }, now);
  if (token === null) return null;
  return {
    subject: "What is kept under your e-mail address",
    blocks: [
      {
        text: "Somebody asked for what is kept here under this e-mail address. If that was you, see it, take it with you, or have it erased:",
      },
      { links: [{ label: "To my data", path: `/data?token=${token}` }] },
      { text: "The link works for an hour. If it was not you, do nothing, and nothing happens." },
    ],
  };
});
