import { createHmac } from "node:crypto";
import Database from "better-sqlite3";
import type { Received } from "@/__tests__/support/receiver";
import type { Server } from "@/__tests__/support/server";

/** Whether the request is signed with that secret, worked out as a receiver does, and as of now. */
export function isSigned({ headers, body }: Received, secret: string): boolean {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = headers;
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const wanted = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  const isNow = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
  return isNow && String(signature).split(" ").includes(`v1,${wanted}`);
}

/** As if the time had come for whatever waits: the clock of no process has to be moved for it. */
export function hasten({ databaseFile }: Pick<Server, "databaseFile">): void {
  const database = new Database(databaseFile, { timeout: 5000 });
  database.exec("UPDATE deliveries SET due_at = '2026-01-01T00:00:00.000Z' WHERE due_at IS NOT NULL");
  database.close();
}
