import type { ServerResponse } from "node:http";
import { expect, test } from "@jest/globals";
import { client } from "../support/client";
import { type Receiver, startReceiver } from "../support/receiver";
import { type Server, startServer } from "../support/server";
import { until } from "../support/until";
import { hasten } from "../support/webhooks";
import { startWorkers, workersOf } from "../support/workers";

const env = { SEED: "on", MODERATION: "open", WEBHOOK_ALLOW: "127.0.0.1" };

async function hook(server: Server, { url }: Pick<Receiver, "url">): Promise<string> {
  const { post, admin } = client(() => server);
  const { body } = await post("/api/webhooks", { url })
    .set(...admin())
    .expect(201);
  return `/api/webhooks/${body.id}/deliveries?limit=100`;
}

async function statesOf(server: Server, path: string): Promise<string[]> {
  const { get, admin } = client(() => server);
  const { body } = await get(path).set(...admin());
  return body.map(({ state }: { state: string }) => state);
}

/** What was said in each request, and under which id. */
const heard = ({ received }: Receiver) =>
  received.map(({ headers, body }) => ({
    id: headers["webhook-id"],
    said: JSON.parse(body).data.comment.comment,
  }));

test("killed while a delivery runs, the server delivers it after the next start, under the same id", async () => {
  const server = await startServer(env);
  const receiver = await startReceiver();
  const path = await hook(server, receiver);
  const hung: ServerResponse[] = [];
  receiver.answer = (res) => void hung.push(res);
  await client(() => server)
    .comment("Survives")
    .expect(201);
  const [first] = await receiver.wait(1);
  await server.kill();
  const again = await server.restart();
  expect(await statesOf(again, path)).toEqual(["waiting"]);
  receiver.answer = 204;
  // Once the dead process's claim is over.
  hasten(again, { claimed: true });
  await until(async () => (await statesOf(again, path))[0] === "delivered");
  expect(receiver.received).toHaveLength(2);
  expect(receiver.received[1]?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  expect(receiver.received[1]?.body).toBe(first?.body);
});

test("killed right behind the answers to a storm of comments, the server still tells of each", async () => {
  const server = await startServer(env);
  const receiver = await startReceiver();
  const path = await hook(server, receiver);
  const { comment } = client(() => server);
  const all = Array.from({ length: 40 }, (_, n) => `Comment ${n}`);
  await Promise.all(all.map((text) => comment(text).expect(201)));
  await server.kill();
  const again = await server.restart();
  hasten(again, { claimed: true });
  await until(async () => (await statesOf(again, path)).every((state) => state === "delivered"));
  const told = heard(receiver);
  expect(new Set(told.map(({ said }) => said))).toEqual(new Set(all));
  expect(new Set(told.map(({ id }) => id)).size).toBe(all.length);
});

test("stopped while a delivery runs, the server ends at once, and the next one delivers it at once", async () => {
  const server = await startServer(env);
  const receiver = await startReceiver();
  const path = await hook(server, receiver);
  receiver.answer = () => undefined;
  await client(() => server).comment("Put back");
  await receiver.wait(1);
  const again = await server.restart();
  receiver.answer = 204;
  await until(async () => (await statesOf(again, path))[0] === "delivered");
});

test("several workers: each event is told, and none twice", async () => {
  const server = await startWorkers(2, env);
  const receiver = await startReceiver();
  const path = await hook(server, receiver);
  const { comment } = client(() => server);
  const all = Array.from({ length: 60 }, (_, n) => `Of several ${n}`);
  await Promise.all(all.map((text) => comment(text).expect(201)));
  await until(async () => (await statesOf(server, path)).every((state) => state === "delivered"));
  const told = heard(receiver);
  expect(told.map(({ said }) => said).sort()).toEqual([...all].sort());
  expect(new Set(told.map(({ id }) => id)).size).toBe(all.length);
  expect(workersOf(server)).toHaveLength(2);
});

test("two servers on one file: what one is told, the other sends where the first is gone", async () => {
  const server = await startServer(env);
  const receiver = await startReceiver();
  const path = await hook(server, receiver);
  const other = await startServer({ ...server.env });
  await server.kill();
  await client(() => other).comment("Through the other");
  await until(async () => (await statesOf(other, path))[0] === "delivered");
  expect(heard(receiver)).toMatchObject([{ said: "Through the other" }]);
});

test("a target that never answers holds up neither comments nor other targets", async () => {
  const server = await startServer(env);
  const [slow, quick] = [await startReceiver(), await startReceiver()];
  slow.answer = () => undefined;
  await hook(server, slow);
  const path = await hook(server, quick);
  const { comment } = client(() => server);
  for (let n = 0; n < 20; n++) await comment(`Slow ${n}`).expect(201);
  await until(async () => (await statesOf(server, path)).every((state) => state === "delivered"));
  expect(quick.received).toHaveLength(20);
  // No more than four at once go there, and none has ended.
  expect(slow.received).toHaveLength(4);
});
