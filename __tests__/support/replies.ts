import { client } from "@/__tests__/support/client";
import type { MailServer } from "@/__tests__/support/mailServer";
import { mailing } from "@/__tests__/support/mails";
import { type Server, startServer } from "@/__tests__/support/server";

/** A server that sends mail, with the demo's posts. */
export function startMailing(
  mail: Pick<MailServer, "url">,
  more: Record<string, string> = {},
): Promise<Server> {
  return startServer({ ...mailing(mail), SEED: "on", MODERATION: "open", RATE_LIMIT: "off", ...more });
}

/** The token of the link in a message that leads to this path of the server. */
export function tokenIn({ text }: { text: string }, path: "/confirm" | "/subscriptions"): string {
  const [, token] = new RegExp(`${path}\\?token=([\\w-]+)`).exec(text) ?? [];
  if (token === undefined) throw new Error(`No link to ${path} in: ${text}`);
  return token;
}

/** Takes the offer of that link. */
export async function accept(server: Server, token: string): Promise<void> {
  await client(() => server)
    .post("/api/confirm", { token })
    .expect(200);
}

/** A guest's comment with the wish to hear of replies, confirmed; the first message of this mail server. */
export async function subscribe(
  server: Server,
  mail: MailServer,
  email: string,
  more: object = {},
): Promise<{ id: number; post: number; editToken: string }> {
  const before = mail.arrived.length;
  const { body } = await client(() => server)
    .comment(`Tell ${email.split("@", 1)[0]} of replies`, { email, notify: "replies", ...more })
    .expect(201);
  const message = (await mail.wait(before + 1)).at(-1);
  if (message?.to[0] !== email) throw new Error(`The message went to ${message?.to}`);
  await accept(server, tokenIn(message, "/confirm"));
  return body;
}
