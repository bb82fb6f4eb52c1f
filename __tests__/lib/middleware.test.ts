import { createServer } from "node:http";
import { expect, test } from "@jest/globals";
import basicAuth from "express-basic-auth";
import helmet from "helmet";
import microCors from "micro-cors";
import type { NextApiHandler } from "next";
import { apiResolver } from "next/dist/server/api-utils/node/api-resolver";
import request from "supertest";
import { connect, micro } from "@/lib/http/middleware";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";

const preview = { previewModeId: "0", previewModeEncryptionKey: "0", previewModeSigningKey: "0" };

/** A server of one route, run by Next's own resolver; `settled` counts handlers that came to their end. */
function serve(handler: NextApiHandler) {
  const ended = { settled: 0 };
  const module = {
    default: async (...args: Parameters<NextApiHandler>) => {
      await handler(...args);
      ended.settled++;
    },
    config: { api: { bodyParser: false } },
  };
  const server = createServer(
    (req, res) => void apiResolver(req, res, {}, module, { ...preview, dev: false }, false),
  );
  return { call: () => request(server), ended };
}

test("row 5: a Connect-style middleware from npm mounts, and the handler runs behind it", async () => {
  const { call } = serve(
    api()
      .use(connect(helmet({ contentSecurityPolicy: false })))
      .get((req, res) => send(req, res, 200, '{"behind":"helmet"}'))
      .handler(),
  );
  const res = await call().get("/").expect(200, { behind: "helmet" });
  expect(res.headers).toMatchObject({ "x-frame-options": "SAMEORIGIN", "x-request-id": expect.any(String) });
});

test("row 5: one that ends the response itself hangs nothing and reaches no handler", async () => {
  let reached = 0;
  const { call, ended } = serve(
    api()
      .use(connect(basicAuth({ users: { ada: "secret" } })))
      .get((req, res) => {
        reached++;
        send(req, res, 200, "{}");
      })
      .handler(),
  );
  await call().get("/").expect(401);
  expect({ reached, ...ended }).toEqual({ reached: 0, settled: 1 });
  await call().get("/").auth("ada", "secret").expect(200);
  expect({ reached, ...ended }).toEqual({ reached: 1, settled: 2 });
});

test("row 5: a Micro middleware from npm, a function around a handler, mounts", async () => {
  const { call } = serve(
    api()
      .use(micro(microCors({ origin: "https://blog.example" })))
      .get((req, res) => send(req, res, 200, '{"behind":"micro"}'))
      .handler(),
  );
  const res = await call().get("/").expect(200, { behind: "micro" });
  expect(res.headers["access-control-allow-origin"]).toBe("https://blog.example");
});

test("row 5: a Micro middleware that ends the response itself hangs nothing", async () => {
  const closed = micro(() => (_req, res) => res.writeHead(503).end("closed"));
  const { call, ended } = serve(
    api()
      .use(closed)
      .get((req, res) => send(req, res, 200, "{}"))
      .handler(),
  );
  expect((await call().get("/").expect(503)).text).toBe("closed");
  expect(ended.settled).toBe(1);
});

test("what a middleware throws becomes a problem document", async () => {
  const { call } = serve(
    api()
      .use(connect((_req, _res, next) => next(new Error("secret detail"))))
      .get((req, res) => send(req, res, 200, "{}"))
      .handler(),
  );
  const { body } = await call().get("/").expect(500).expect("Content-Type", "application/problem+json");
  expect(body.error).toBe("Internal server error");
  expect(JSON.stringify(body)).not.toContain("secret detail");
});
