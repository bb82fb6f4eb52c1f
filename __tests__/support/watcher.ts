import { type ClientRequest, get, type IncomingMessage } from "node:http";
import { until } from "@/__tests__/support/until";

/** An event as a browser's EventSource would dispatch it. */
export interface Heard {
  id: string;
  type: string;
  data: { id?: number; post: number; [member: string]: unknown };
}

interface Options {
  last?: string;
  headers?: Record<string, string>;
  query?: string;
}

/** A client of server-sent events, after the HTML standard §9.2.6, that can be cut and come back. */
export class Watcher {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #query: string;
  readonly heard: Heard[] = [];
  /** Each time it was told how long to wait before it comes back. */
  readonly retries: number[] = [];
  comments = 0;
  /** The last event ID string. */
  last = "";
  /** All that came, as text. */
  text = "";
  over = false;
  status = 0;
  headers: IncomingMessage["headers"] = {};
  body: IncomingMessage | null = null;
  #request: ClientRequest | null = null;
  #rest = "";
  #fields = { id: "", event: "", data: "" };

  private constructor(url: string, { last = "", headers = {}, query = "" }: Options) {
    this.#url = url;
    this.last = last;
    this.#fields.id = last;
    this.#headers = headers;
    this.#query = query;
  }

  /** Watches a post; resolves once it is told, or refused. */
  static async of({ url }: { url: string }, post: number | string, options: Options = {}): Promise<Watcher> {
    const watcher = new Watcher(`${url}/api/comments/${post}/events`, options);
    await watcher.connect();
    return watcher;
  }

  /** Comes back as a browser does, with the last id that it has. */
  async connect(): Promise<void> {
    this.over = false;
    this.#rest = "";
    const had = this.heard.length;
    const headers = {
      Accept: "text/event-stream",
      ...(this.last !== "" && { "Last-Event-ID": this.last }),
      ...this.#headers,
    };
    await new Promise<void>((resolve, reject) => {
      this.#request = get(this.#url + this.#query, { headers, agent: false }, (res) => {
        this.status = res.statusCode ?? 0;
        this.headers = res.headers;
        this.body = res;
        res.setEncoding("utf8").on("data", (text: string) => this.#read(text));
        res.on("error", () => undefined);
        res.once("close", () => {
          this.over = true;
        });
        resolve();
      }).once("error", reject);
    });
    await until(() => this.over || this.heard.slice(had).some(({ type }) => /^(ready|reset)$/.test(type)));
  }

  /** Breaks the connection off. */
  cut(): void {
    this.#request?.destroy();
  }

  /** Resolves with the first event of that kind, of that comment where one is named. */
  async hears(type: string, id?: number): Promise<Heard> {
    const find = () =>
      this.heard.find((one) => one.type === type && (id === undefined || one.data.id === id));
    await until(() => find() !== undefined);
    const found = find();
    if (!found) throw new Error(`No ${type}`);
    return found;
  }

  async ends(): Promise<void> {
    await until(() => this.over);
  }

  /** Kinds and comments, in order. */
  get story(): string[] {
    return this.heard.map(({ type, data }) => (data.id === undefined ? type : `${type} ${data.id}`));
  }

  #read(text: string): void {
    this.text += text;
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#readLine(line);
  }

  #readLine(line: string): void {
    if (line === "") {
      this.#dispatch();
      return;
    }
    if (line.startsWith(":")) {
      this.comments++;
      return;
    }
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "data") this.#fields.data += `${value}\n`;
    else if (field === "event") this.#fields.event = value;
    else if (field === "id") this.#fields.id = value;
    else if (field === "retry") this.retries.push(Number(value));
  }

  #dispatch(): void {
    const { id, event, data } = this.#fields;
    this.last = id;
    this.#fields = { id, event: "", data: "" };
    if (data === "") return;
    this.heard.push({ id, type: event || "message", data: JSON.parse(data) });
  }
}
