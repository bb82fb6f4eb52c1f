import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { afterAll } from "@jest/globals";
import { until } from "@/__tests__/support/until";

/** A request that came in. */
export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server outside, that webhooks send to. */
export interface Receiver {
  url: string;
  received: Received[];
  /** What it answers from now on: a status, or a function; by default 204. */
  answer: number | ((res: ServerResponse, received: Received) => void);
  /** Resolves as soon as `count` requests came in since the last `clear`. */
  wait(count: number): Promise<Received[]>;
  clear(): void;
}

const open = new Set<Server>();

afterAll(() => {
  for (const server of open) server.close().closeAllConnections();
});

/** Starts one on 127.0.0.1, until the tests of the file are over. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((req, res) => {
    let body = "";
    req.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    req.on("end", () => {
      const one = { method: req.method ?? "", path: req.url ?? "", headers: req.headers, body };
      received.push(one);
      if (typeof receiver.answer === "function") receiver.answer(res, one);
      else res.writeHead(receiver.answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.add(server);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer: 204,
    wait: async (count) => {
      await until(() => received.length >= count);
      return received;
    },
    clear: () => {
      received.length = 0;
    },
  };
  return receiver;
}
