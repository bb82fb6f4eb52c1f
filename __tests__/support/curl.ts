import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A curl command of the docs, as the request that it stands for. */
interface Command {
  method: string;
  url: string;
  headers: Headers;
  body: string | FormData | undefined;
  /** How long to read at most; null: to the end. */
  seconds: number | null;
}

/**
 * Does what a curl command of the docs says, without curl: `-X`, `-H`, `-d` and `-F` as curl means them (files are
 * of the project's folder), `-m` ends an answer that has no end, `-i`, `-s` and `-N` say nothing here. `names` are the shell variables in it. Redirects are not followed.
 */
export async function curl(text: string, names: Record<string, string> = {}): Promise<Response> {
  const { url, seconds, ...init } = parse(text, names);
  const answer = await fetch(url, { ...init, redirect: "manual" });
  return seconds === null ? answer : readFor(answer, seconds);
}

/** What comes of an answer until then. */
async function readFor({ body, status, statusText, headers }: Response, seconds: number): Promise<Response> {
  const reader = body?.getReader();
  const timer = setTimeout(() => reader?.cancel(), seconds * 1000);
  const chunks: Uint8Array[] = [];
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read())
    chunks.push(part.value);
  clearTimeout(timer);
  return new Response(Buffer.concat(chunks), { status, statusText, headers });
}

function parse(text: string, names: Record<string, string>): Command {
  const [program, ...words] = split(text, names);
  if (program !== "curl") throw new Error(`Not a curl command: ${text}`);
  // As curl, which asks for no coding unless it is told to.
  const headers = new Headers({ "Accept-Encoding": "identity" });
  const data: string[] = [];
  let form: FormData | undefined;
  let method: string | undefined;
  let url: string | undefined;
  let seconds: number | null = null;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "-i" || word === "-s" || word === "-N") continue;
    if (word === "-X") method = words.shift();
    else if (word === "-m") seconds = Number(words.shift());
    else if (word === "-d") data.push(words.shift() ?? "");
    else if (word === "-F") {
      form ??= new FormData();
      const [, name = "", file, value = ""] = /^(\w+)=(?:@(.+)|(.*))$/.exec(words.shift() ?? "") ?? [];
      if (file === undefined) form.append(name, value);
      else form.append(name, new Blob([readFileSync(join(__dirname, "../..", file))]), basename(file));
    } else if (word === "-H") {
      const [, name = "", value = ""] = /^([\w-]+): (.*)$/.exec(words.shift() ?? "") ?? [];
      headers.set(name, value);
    } else if (url === undefined && !word.startsWith("-")) url = word;
    else throw new Error(`The docs' curl commands do without ${word}: ${text}`);
  }
  if (url === undefined) throw new Error(`No address: ${text}`);
  const body = form ?? (data.length > 0 ? data.join("&") : undefined);
  if (typeof body === "string" && !headers.has("Content-Type")) {
    headers.set("Content-Type", "application/x-www-form-urlencoded");
  }
  return { method: method ?? (body === undefined ? "GET" : "POST"), url, headers, body, seconds };
}

/** The words of a shell command: quotes, and variables but in single ones. */
function split(text: string, names: Record<string, string>): string[] {
  const fill = (part: string) =>
    part.replace(/\$(\w+)/g, (_whole, name: string) => {
      const value = names[name];
      if (value === undefined) throw new Error(`Nobody has set $${name}: ${text}`);
      return value;
    });
  const joined = text.replace(/\\\n\s*/g, " ").trim();
  return [...joined.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'|([^"']+)/g, (_whole, double, single, bare) =>
      single === undefined ? fill(double ?? bare) : single,
    ),
  );
}
