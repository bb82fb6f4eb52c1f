import { createTransport } from "nodemailer";
import { z } from "zod";
import type { Composed } from "@/lib/mail/compose";
import { isAddress, type MailServer, type Sender } from "@/lib/mail/server";

/** How many connections one process has to the mail server at once. */
export const CONNECTIONS = 2;
/** How long a message may take from the connection on, in milliseconds. */
const LONGEST = 40_000;
/** How long the server may say nothing. */
const SILENCE = 15_000;

/** A message that is ready to go. */
interface Envelope extends Composed {
  to: string;
  /** The same for each try, so that a mail program shows a message once that came twice. */
  messageId: string;
}

/**
 * What the mail server made of a message. `permanent`: it will never take it. `error`: a code of ours or nodemailer's
 * with the server's status, without its words, which may name people.
 */
type Handed = { error: null } | { error: string; permanent: boolean };

/** The way to the mail server. One message is to one address, and has neither attachments nor foreign content. */
export interface Transport {
  /** Never rejects. */
  send(envelope: Envelope, signal: AbortSignal): Promise<Handed>;
  close(): void;
}

export function openTransport({ host, port, tls, login }: MailServer, from: Sender): Transport {
  const mailer = createTransport({
    ...{ host, port, pool: true, maxConnections: CONNECTIONS, maxRequeues: 0, idleTimeout: 5000 },
    ...{ secure: tls === "first", requireTLS: tls === "required", ignoreTLS: tls === "off" },
    ...(login && { auth: login }),
    // A server of one's own may be anywhere.
    allowInternalNetworkInterfaces: true,
    ...{ connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: SILENCE, dnsTimeout: 10_000 },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const domain = from.address.slice(from.address.lastIndexOf("@") + 1);
  return {
    send: async ({ to, messageId, subject, text, html, headers }, signal) => {
      if (!isAddress(to)) return { error: "address", permanent: true };
      try {
        await mailer.sendMail({
          from,
          to: { name: "", address: to },
          envelope: { from: from.address, to: [to] },
          messageId: `<${messageId}@${domain}>`,
          ...{ subject, text, html, headers },
          signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST)]),
        });
        return { error: null };
      } catch (error) {
        return toHanded(error);
      }
    },
    close: () => mailer.close({ force: true }),
  };
}

const failure = z.object({
  code: z.string().optional().catch(undefined),
  responseCode: z.number().optional().catch(undefined),
  command: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
});

/** A refusal of this recipient or this message is for good; one of ours (login, sender) ends once it is mended. */
function toHanded(thrown: unknown): Handed {
  const { code, responseCode, command, name } = failure.safeParse(thrown).data ?? {};
  const word = [code ?? name ?? "unknown", responseCode].filter((part) => part !== undefined).join(" ");
  const aboutIt = code === "EENVELOPE" || code === "EMESSAGE";
  const permanent =
    aboutIt &&
    !/^MAIL FROM/i.test(command ?? "") &&
    responseCode !== undefined &&
    responseCode >= 500 &&
    responseCode !== 503;
  return { error: word, permanent };
}
