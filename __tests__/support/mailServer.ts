import { once } from "node:events";
import type { Socket } from "node:net";
import { afterAll } from "@jest/globals";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { type Parsed, parseMessage } from "@/__tests__/support/mailMessage";
import { until } from "@/__tests__/support/until";

/** A message that was taken. */
interface Arrived extends Parsed {
  /** The envelope's. */
  from: string;
  to: string[];
  /** As it came over the wire. */
  raw: string;
  /** Whether the connection was encrypted, and who had signed in. */
  secure: boolean;
  user: string | null;
}

/**
 * What happens to the next messages: `hang`: no answer ever; `mute`: taken, and no answer ever; `drop`: the connection ends
 * behind the data.
 */
type Behaviour = "take" | "hang" | "mute" | "drop" | { refuse: number; at: "rcpt" | "data" };

/** A mail server outside, that messages are handed to. */
export interface MailServer {
  /** For SMTP_URL. */
  url: string;
  port: number;
  arrived: Arrived[];
  behaviour: Behaviour;
  /** How many connections were opened. */
  connections(): number;
  /** How many messages it was given, those that it did not take among them. */
  tries(): number;
  /** Resolves as soon as `count` messages came in since the last `clear`. */
  wait(count: number): Promise<Arrived[]>;
  clear(): void;
  /** Ends it; whoever comes then finds nobody. */
  stop(): Promise<void>;
}

const open = new Set<MailServer>();

afterAll(async () => {
  await Promise.all([...open].map((server) => server.stop()));
});

class Refusal extends Error {
  constructor(readonly responseCode: number) {
    super("Refused, as the test wants it");
  }
}

/** Starts one on 127.0.0.1, until the tests of the file are over. `login`: who may send; without it anybody. */
export async function startMailServer({
  login,
  port = 0,
  ...options
}: SMTPServerOptions & { login?: { user: string; pass: string }; port?: number } = {}): Promise<MailServer> {
  const arrived: Arrived[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let tries = 0;
  const refusalAt = (at: "rcpt" | "data") => {
    const { behaviour } = server;
    return typeof behaviour === "object" && behaviour.at === at ? new Refusal(behaviour.refuse) : null;
  };
  const smtp = new SMTPServer({
    authOptional: !login,
    allowInsecureAuth: true,
    disabledCommands: login ? [] : ["AUTH"],
    logger: false,
    onAuth: ({ username, password }, _session, callback) => {
      if (login && username === login.user && password === login.pass) callback(null, { user: username });
      else callback(new Refusal(535));
    },
    onConnect: (_session, callback) => {
      connections++;
      callback();
    },
    onRcptTo: (_address, _session, callback) => callback(refusalAt("rcpt")),
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        tries++;
        const refusal = refusalAt("data");
        if (refusal) return callback(refusal);
        if (server.behaviour === "drop") {
          for (const socket of sockets) socket.destroy();
          return;
        }
        if (server.behaviour === "hang") return;
        const raw = Buffer.concat(chunks).toString("utf8");
        const { mailFrom, rcptTo } = session.envelope;
        arrived.push({
          ...parseMessage(raw),
          raw,
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: typeof session.user === "string" ? session.user : null,
        });
        if (server.behaviour !== "mute") callback();
      });
    },
    ...options,
  });
  // What a client breaks off is no fault of the test.
  smtp.on("error", () => undefined);
  smtp.server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const listening = smtp.listen(port, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address();
  const bound = typeof address === "object" && address !== null ? address.port : 0;
  const credentials = login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.pass)}@` : "";
  const server: MailServer = {
    url: `${options.secure ? "smtps" : "smtp"}://${credentials}127.0.0.1:${bound}`,
    port: bound,
    arrived,
    behaviour: "take",
    connections: () => connections,
    tries: () => tries,
    wait: async (count) => {
      await until(() => arrived.length >= count);
      return arrived;
    },
    clear: () => {
      arrived.length = 0;
    },
    stop: async () => {
      open.delete(server);
      await new Promise<void>((resolve) => {
        smtp.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
  open.add(server);
  return server;
}
