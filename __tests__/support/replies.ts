import { client } from "@/__tests__/support/client";
import type { MailServer } from "@/__tests__/support/mailServer";
import { mailing } from "@/__tests__/support/mails";
import { type Server, startServer } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";

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

/** What came for that address, as soon as there are so many. */
export async function lettersTo({ arrived }: MailServer, address: string, count = 1) {
  const letters = () => arrived.filter(({ to }) => to[0] === address);
  await until(() => letters().length >= count);
  return letters();
}

/** Takes the offer of that link. */
export async function accept(server: Server, token: string): Promise<void> {
  await client(() => server)
    .post("/api/confirm", { token })
    .expect(200);
}

/** A guest's comment with the wish to hear of replies, confirmed. */
export async function subscribe(
  server: Server,
  mail: MailServer,
  email: string,
  more: object = {},
): Promise<{ id: number; post: number; editToken: string }> {
  const { body } = await client(() => server)
    .comment(`Tell ${email.split("@", 1)[0]} of replies`, { email, notify: "replies", ...more })
    .expect(201);
  const [question] = await lettersTo(mail, email);
  await accept(server, tokenIn(question ?? { text: "" }, "/confirm"));
  return body;
}
