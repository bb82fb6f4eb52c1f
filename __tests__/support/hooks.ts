import { createHmac, randomBytes, randomUUID } from "node:crypto";
import type { Test } from "supertest";
import request from "@/__tests__/support/request";
import type { Server } from "@/__tests__/support/server";

/** A signing secret as the setting wants it. */
export function makeHookSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

const hmac = (key: Buffer | string, ...parts: (Buffer | string)[]) =>
  parts.reduce((digest, part) => digest.update(part), createHmac("sha256", key));

/** The headers of Standard Webhooks for these bytes, worked out as a sender does. `at`: seconds. */
export function signHook(
  secret: string,
  body: Buffer | string,
  { id = `msg_${randomUUID()}`, at = Math.floor(Date.now() / 1000) }: { id?: string; at?: number } = {},
): { "webhook-id": string; "webhook-timestamp": string; "webhook-signature": string } {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(at),
    "webhook-signature": `v1,${hmac(key, `${id}.${at}.`, body).digest("base64")}`,
  };
}

/** The headers of GitHub, for an event. */
export function signAsGithub(
  secret: string,
  body: string,
  event = "repository_dispatch",
): Record<string, string> {
  return {
    "X-GitHub-Event": event,
    "X-GitHub-Delivery": randomUUID(),
    "X-Hub-Signature-256": `sha256=${hmac(secret, body).digest("hex")}`,
  };
}

/** The header of Ghost. `at`: milliseconds. */
export function signAsGhost(secret: string, body: string, at = Date.now()): Record<string, string> {
  return { "X-Ghost-Signature": `sha256=${hmac(secret, body, String(at)).digest("hex")}, t=${at}` };
}

/** Sends these very bytes. */
export function sendHook(
  { url }: Pick<Server, "url">,
  body: Buffer | string,
  headers: Record<string, string>,
): Test {
  const sent = request(url)
    .post("/api/hooks/posts")
    .set({ "Content-Type": "application/json", ...headers });
  // As they are: superagent would make JSON of them.
  return sent.serialize((bytes) => bytes).send(body);
}
