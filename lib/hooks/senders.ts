import { ghost } from "@/lib/hooks/ghost";
import { github } from "@/lib/hooks/github";
import type { Arrived, Sender } from "@/lib/hooks/sender";
import { standard } from "@/lib/hooks/standard";
import { Problem } from "@/lib/problems";

const SENDERS = [standard, github, ghost];

/** Who sent it, as its headers say; nothing is proved by that yet. Throws 401 for a message that nobody signed. */
export function requireSender({ headers }: Arrived): Sender {
  const sender = SENDERS.find(({ header }) => headers[header] !== undefined);
  if (sender) return sender;
  const names = SENDERS.map(({ header }) => header).join(", ");
  throw new Problem("bad_signature", { error: `This message is not signed: it has none of ${names}` });
}
