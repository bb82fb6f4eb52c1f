import type { z } from "zod";
import { readError, readJson } from "@/lib/client/error";

export interface ClientOptions {
  /** Where the server is, such as `https://comments.example`; without it, where the page comes from. */
  base?: string;
  /** A bearer token: an API token, or the edit token of one comment. */
  token?: string;
  /** In place of the global one. */
  fetch?: typeof fetch;
}

export interface CallOptions {
  signal?: AbortSignal;
  /** Another token for this call. */
  token?: string;
}

export interface CreateOptions extends CallOptions {
  /** Makes a retry of the same call answer what the first try did. */
  idempotencyKey?: string;
}

export interface ChangeOptions extends CallOptions {
  /** Only if the resource still has this ETag (see `etagOf`), else `ApiError` 412. */
  ifMatch?: string;
}

/** A part of something long. `next` fetches the part that follows, as the same caller; null at the end. */
export type Part<T> = T & { next: (() => Promise<Part<T>>) | null };

/** A part of a list. `total`: how many there are in all, where the server keeps count. */
type Listed<T> = Part<{ items: T[]; total: number | null }>;

/** What a function of the client takes of this shape. */
export type Input<S extends z.ZodType> = z.input<S>;
/** What a function of the client answers of this shape. */
export type Answer<S extends z.ZodType> = z.output<S>;
/** The parameters of a list or a search, each as the value that it stands for. */
export type Query<S extends z.ZodType> = Partial<z.output<S>>;

type Options = CallOptions &
  CreateOptions &
  ChangeOptions & {
    /** More headers. */
    headers?: object;
  };

/** Makes single calls of one server. All throw `ApiError`. */
export interface Sender {
  /** One resource, as JSON. */
  one<T>(method: string, path: string, body?: object, options?: Options): Promise<T>;
  /** An answer of any type; `accept`: which. */
  raw(method: string, path: string, body?: object, options?: Options, accept?: string): Promise<Response>;
}

/** Makes all calls of one server. All throw `ApiError`. */
export interface Caller extends Sender {
  /** A part of a resource that is long. */
  part<T extends object>(path: string, options?: Options): Promise<Part<T>>;
  /** A part of a list. */
  list<T>(path: string, options?: Options): Promise<Listed<T>>;
  /** The whole address of a path. */
  address(path: string): string;
}

const tags = new WeakMap<object, string>();

/** The ETag that this answer of a client came with; undefined where it had none, or for a copy. */
export function etagOf(answer: object): string | undefined {
  return tags.get(answer);
}

/** What calls the server where nothing long is asked for; apart, as the element has no room for more. */
export function createSender({ base = "", token, fetch: send = fetch }: ClientOptions): Sender {
  const raw: Sender["raw"] = async (method, path, body, options = {}, accept = "application/json") => {
    const answer = await send(toAddress(base, path), {
      method,
      headers: toHeaders(body, { ...options, token: options.token ?? token }, accept),
      body: body instanceof FormData ? body : body ? JSON.stringify(body) : null,
      signal: options.signal ?? null,
    });
    if (!answer.ok) throw await readError(answer);
    return answer;
  };
  const one = async <T>(method: string, path: string, body?: object, options?: Options): Promise<T> => {
    const answer = await raw(method, path, body, options);
    return tagged(answer, await readJson<T>(answer));
  };
  return { raw, one };
}

/** What every noun of the client calls the server with. */
export function createCaller(options: ClientOptions): Caller {
  const { raw, one } = createSender(options);
  const part = async <T extends object>(path: string, options?: Options): Promise<Part<T>> => {
    const answer = await raw("GET", path, undefined, options);
    const next = nextOf(answer);
    return tagged(answer, {
      ...(await readJson<T>(answer)),
      next: next === null ? null : () => part<T>(next, options),
    });
  };
  const list = async <T>(path: string, options?: Options): Promise<Listed<T>> => {
    const answer = await raw("GET", path, undefined, options);
    const total = answer.headers.get("X-Total-Count");
    const next = nextOf(answer);
    return tagged(answer, {
      items: await readJson<T[]>(answer),
      total: total === null ? null : Number(total),
      next: next === null ? null : () => list<T>(next, options),
    });
  };
  return { raw, one, part, list, address: (path) => toAddress(options.base ?? "", path) };
}

function toAddress(base: string, path: string): string {
  return base.replace(/\/+$/, "") + path;
}

function toHeaders(body: object | undefined, options: Options, accept: string): Record<string, string> {
  const { token, idempotencyKey, ifMatch, headers } = options;
  return {
    ...headers,
    Accept: accept,
    // A form names its own type, with the boundary that only the sender knows.
    ...(body && !(body instanceof FormData) && { "Content-Type": "application/json" }),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...(idempotencyKey !== undefined && { "Idempotency-Key": JSON.stringify(idempotencyKey) }),
    ...(ifMatch !== undefined && { "If-Match": ifMatch }),
  };
}

/** The path of the part that follows (RFC 8288). */
function nextOf({ headers }: Response): string | null {
  return /<([^>]+)>;\s*rel="next"/.exec(headers.get("Link") ?? "")?.[1] ?? null;
}

function tagged<T>({ headers }: Response, body: T): T {
  const tag = headers.get("ETag");
  if (tag !== null && typeof body === "object" && body !== null) tags.set(body, tag);
  return body;
}
