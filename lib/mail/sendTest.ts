import { randomUUID } from "node:crypto";
import { StartError } from "@/db/errors";
import { config } from "@/lib/config";
import { compose } from "@/lib/mail/compose";
import { testLetter } from "@/lib/mail/kinds/test";
import { isAddress } from "@/lib/mail/server";
import { openTransport } from "@/lib/mail/transport";

/** What to look at where the mail server could not be used, by the beginning of what went wrong. */
const MENDS: [RegExp, string][] = [
  [/^EAUTH/, "it did not take user and password; look at those in SMTP_URL"],
  [
    /^(ECONNECTION|ESOCKET|EDNS|ETIMEDOUT|TimeoutError|ABORT)/,
    "it could not be reached, or its certificate is not good; look at host and port in SMTP_URL, and at the firewall",
  ],
  [
    /^ETLS/,
    "it does not encrypt; look at its port, or add ?tls=off to SMTP_URL where it is in a network of your own",
  ],
  [/^(EENVELOPE|EMESSAGE)/, "it did not take this message; look at MAIL_FROM, and at the address"],
];

/** Sends a test message at once. A sentence that says so; throws `StartError` with one that says what to mend. */
export async function sendTest(to: string): Promise<string> {
  const { mail } = config();
  if (mail === null) throw new StartError("No mail is set up; set SMTP_URL, MAIL_FROM and PUBLIC_URL.");
  if (!isAddress(to)) throw new StartError(`${to} is not an e-mail address.`);
  const transport = openTransport(mail.server, mail.from);
  const letter = compose(testLetter, mail.publicUrl);
  const { error } = await transport.send(
    { ...letter, to, messageId: `test.${randomUUID()}` },
    new AbortController().signal,
  );
  transport.close();
  const { host, port } = mail.server;
  if (error === null) return `${host}:${port} took the message; look for it at ${to}, and among the spam.`;
  const mend =
    MENDS.find(([start]) => start.test(error))?.[1] ?? "it answered in a way that is not known here";
  throw new StartError(`The message did not go through ${host}:${port} (${error}): ${mend}.`);
}
