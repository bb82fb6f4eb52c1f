import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";

/** An answer that has begun, and of which nothing is read until somebody iterates over it. */
export async function getPaused(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const request = get(url, { headers });
  const [answer]: IncomingMessage[] = await once(request, "response");
  if (!answer) throw new Error("There was no answer");
  return answer;
}

/** All of it as text. Rejects where it breaks off. */
export async function readAll(answer: IncomingMessage): Promise<string> {
  let text = "";
  answer.setEncoding("utf8");
  for await (const piece of answer) text += piece;
  return text;
}
