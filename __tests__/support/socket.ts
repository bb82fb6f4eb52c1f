import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { until } from "@/__tests__/support/until";

/** A connection on which a test writes bytes that no HTTP client would. */
export interface Wire {
  socket: Socket;
  /** All that came back so far. */
  received(): string;
  /** Resolves with all that came back, once `text` is in it; rejects if the server hangs up before. */
  waitFor(text: string): Promise<string>;
  /** Resolves with all that came back, once the server has hung up. */
  ended(): Promise<string>;
}

/** Connects to a server of `startServer` and writes `bytes`. */
export async function open(url: string, bytes: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  let hungUp = false;
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.on("error", () => {
    // What came before a reset is what the test looks at.
  });
  socket.once("close", () => {
    hungUp = true;
  });
  await once(socket, "connect");
  socket.write(bytes);
  return {
    socket,
    received: () => text,
    waitFor: async (wanted) => {
      await until(() => text.includes(wanted) || hungUp);
      if (!text.includes(wanted)) throw new Error(`The server hung up after:\n${text}`);
      return text;
    },
    ended: async () => {
      await until(() => hungUp);
      return text;
    },
  };
}

/** Writes `bytes` and resolves with all that comes back until the server hangs up. */
export async function exchange(url: string, bytes: string): Promise<string> {
  const wire = await open(url, bytes);
  return wire.ended();
}

/** A request's head with its lines ended as HTTP wants them. */
export function head(...lines: string[]): string {
  return [...lines, "", ""].join("\r\n");
}
