import type { NextApiRequest } from "next";
import type { z } from "zod";
import { Form, parseBody } from "@/lib/http/body";
import { readTarget, toQuery } from "@/lib/http/target";
import { type Issue, Problem, type ProblemCode } from "@/lib/problems";
import { noQuery } from "@/lib/schemas/queries";

const MAX_ISSUES = 20;

/** The body in the form of `shape`; it is left on `req.body`. Throws 400 (with `issues`), 413, 415. */
export async function readBody<T extends z.ZodObject>(req: NextApiRequest, shape: T): Promise<z.output<T>> {
  refuseQuery(req);
  const raw = await parseBody(req);
  req.body = check(shape, raw instanceof Form ? fromForm(shape, raw) : raw);
  return req.body;
}

/** The query in the form of `shape`. Throws 400 with `issues`, for unknown parameters too. */
export function readQuery<T extends z.ZodType>(req: NextApiRequest, shape: T): z.output<T> {
  const { url = "" } = req;
  return check(shape, url.includes("?") ? toQuery(readTarget(url).params) : {});
}

/** What is sent goes into the body: throws 400 for a query beside it. */
export function refuseQuery(req: NextApiRequest): void {
  if (req.url?.includes("?")) readQuery(req, noQuery);
}

/** A part of the path; `[post].ts` gives `post`. */
export function readSegment(req: NextApiRequest, name: string): string {
  const value = req.query[name];
  return typeof value === "string" ? value : "";
}

/** A part of the path that is an id. What can't be one is absent: throws `code`. */
export function readId(req: NextApiRequest, name: string, code: ProblemCode): number {
  const text = readSegment(req, name);
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new Problem(code);
  return Number(text);
}

/** The Idempotency-Key (IETF draft): a quoted string, or bare; null where there is none. Throws 400. */
export function readIdempotencyKey(req: NextApiRequest): string | null {
  const field = req.headers["idempotency-key"];
  if (field === undefined) return null;
  const text = Array.isArray(field) ? field.join() : field.trim();
  const key = /^"(.*)"$/.exec(text)?.[1]?.replace(/\\(["\\])/g, "$1") ?? text;
  if (key.length < 1 || key.length > 255) throw new Problem("invalid_idempotency_key");
  return key;
}

/** `value` in the form of `shape`. Throws 400 with `issues`. */
export function check<T extends z.ZodType>(shape: T, value: unknown): z.output<T> {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, MAX_ISSUES).map(
    ({ path, code, message }): Issue => ({
      path: path.map((part) => (typeof part === "number" ? part : String(part).slice(0, 80))),
      code: code ?? "custom",
      message: message.slice(0, 200),
    }),
  );
  throw new Problem("invalid_input", { issues });
}

/** A form's text stands for a number or a boolean where the shape wants one, and an empty field for an absent one. */
function fromForm(shape: z.ZodObject, { fields }: Form): Record<string, unknown> {
  const value: Record<string, unknown> = Object.create(null);
  for (const [name, text] of fields) {
    const member = Object.hasOwn(shape.shape, name) ? shape.shape[name] : undefined;
    const fits = (candidate: unknown) =>
      member instanceof Object && "safeParse" in member && member.safeParse(candidate).success;
    if (text === "" && !fits(text) && fits(undefined)) continue;
    value[name] = fits(text) ? text : ([toScalar(text)].find(fits) ?? text);
  }
  return value;
}

function toScalar(text: string): unknown {
  return /^(-?(?:0|[1-9]\d{0,14})|true|false)$/.test(text) ? JSON.parse(text) : text;
}
