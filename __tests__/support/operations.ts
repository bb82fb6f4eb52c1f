import type { Test } from "supertest";
import { z } from "zod";
import { client } from "@/__tests__/support/client";
import { upload } from "@/__tests__/support/files";
import { addSignedIn } from "@/__tests__/support/people";
import request from "@/__tests__/support/request";
import type { Server } from "@/__tests__/support/server";
import type { Operation } from "@/lib/operations/operation";

/** What there is on a server for each operation to be tried on: paths by the beginning of the operation's. */
export interface Things {
  browser: Record<string, string>;
  /** A real path for the operation's template, with what it must have behind it. */
  pathOf(operation: Operation): string;
}

/** Makes one of each on a server with the seed: a person who is an admin, a file, a token, a webhook, an entry of the audit log. */
export async function makeThings(server: Server): Promise<Things> {
  const { get, post, admin } = client(() => server);
  const { id: person, browser } = await addSignedIn(server, "admin");
  await upload(server, "Words", "words.txt").expect(201);
  const token = await post("/api/tokens", { name: "tests" }).set(browser).expect(201);
  const hook = await post("/api/webhooks", { url: "https://hooks.example/", active: false })
    .set(...admin())
    .expect(201);
  const delivery = await post(`/api/webhooks/${hook.body.id}/test`)
    .set(...admin())
    .expect(202);
  const { body: log } = await get("/api/audit?limit=1")
    .set(...admin())
    .expect(200);
  const values: [beginning: string, Record<string, string | number>][] = [
    ["/api/users/", { id: person }],
    ["/api/tokens/", { id: token.body.id }],
    ["/api/webhooks/", { id: hook.body.id, deliveryId: delivery.body.id }],
    ["/api/audit/", { id: log[0].id }],
    ["/api/files/", { path: "words.txt" }],
    ["/api/avatars/", { seed: "0123456789abcdef" }],
    ["", { id: 1, commentId: 1 }],
  ];
  return {
    browser,
    pathOf: (operation) => {
      const { path } = operation;
      const [, known] = values.find(([beginning]) => path.startsWith(beginning)) ?? [];
      return path.replace(/\{(\w+)\}/g, (_all, name) => String(known?.[name] ?? 1)) + queryOf(operation);
    },
  };
}

const SAMPLES: Record<string, string> = { url: "http://localhost/page" };

/** What an operation can't do without, for which `1` does unless it is said here. */
function samplesOf(shape: z.ZodObject | undefined): Record<string, string> {
  const needed = Object.entries(shape?.shape ?? {}).filter(([, one]) => !z.safeParse(one, undefined).success);
  return Object.fromEntries(needed.map(([name]) => [name, SAMPLES[name] ?? "1"]));
}

function queryOf({ query }: Operation): string {
  const samples = samplesOf(query);
  return Object.keys(samples).length === 0 ? "" : `?${new URLSearchParams(samples)}`;
}

/** A path at which nothing is. */
export function missingPathOf(operation: Operation): string {
  return operation.path.replace(/\{\w+\}/g, "999999") + queryOf(operation);
}

/** A body with what an operation can't do without. */
export function bodyOf({ body }: Operation): object | undefined {
  return body && samplesOf(body);
}

/** Calls an operation at this path. */
export function call({ url }: Server, { method }: Operation, path: string, body?: object): Test {
  return request(url)[method](path).redirects(0).send(body);
}
