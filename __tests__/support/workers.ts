import { randomUUID } from "node:crypto";
import { Agent, get } from "node:http";
import { type Server, startServer } from "@/__tests__/support/server";
import { isAlive, until } from "@/__tests__/support/until";

interface Line {
  msg: string;
  worker?: number;
  id?: string;
  pause?: number;
}

/** The lines of the log so far. */
export function linesOf(server: Server): Line[] {
  const texts = server.logs().split("\n");
  return texts.filter((text) => /^\{.*\}$/.test(text)).map((text): Line => JSON.parse(text));
}

/** The process ids of the workers that serve. */
export function workersOf(server: Server): number[] {
  const served = linesOf(server).filter(({ msg }) => msg === "a worker serves");
  return served.flatMap(({ worker = 0 }) => (isAlive(worker) ? [worker] : []));
}

/** Starts a server of `count` workers; resolves once all of them serve. */
export async function startWorkers(count: number, env: Record<string, string> = {}): Promise<Server> {
  const server = await startServer({ WORKERS: String(count), ...env });
  await until(() => workersOf(server).length === count);
  return server;
}

/** Somebody who asks again and again on one connection, and opens another only where that one was closed. */
export class Asker {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #server: Server;
  readonly failures: string[] = [];
  answers = 0;
  #over = false;
  #asking: Promise<void> = Promise.resolve();

  constructor(server: Server) {
    this.#server = server;
  }

  /** Asks once; the status. */
  ask(id: string = randomUUID()): Promise<number | undefined> {
    const options = { agent: this.#agent, headers: { "X-Request-Id": id } };
    return new Promise((resolve, reject) => {
      const request = get(`${this.#server.url}/api/comments?limit=1`, options, (res) => {
        res.resume();
        res.once("end", () => resolve(res.statusCode)).once("error", reject);
      });
      request.once("error", reject);
    });
  }

  /** Asks once; the worker that answered. */
  async worker(): Promise<number> {
    const id = randomUUID();
    await this.ask(id);
    const line = () => linesOf(this.#server).find((one) => one.id === id);
    await until(() => line() !== undefined);
    return line()?.worker ?? 0;
  }

  /** Asks again and again until `stop`. */
  begin(): void {
    this.#asking = this.#goOn();
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#asking;
    this.#agent.destroy();
  }

  async #goOn(): Promise<void> {
    while (!this.#over) {
      try {
        const status = await this.ask();
        if (status === 200) this.answers++;
        else this.failures.push(String(status));
      } catch (error) {
        this.failures.push(String(error));
      }
    }
  }
}
