import type { z } from "zod";
import type { problemShape } from "@/lib/schemas/server";

type Problem = Pick<z.output<typeof problemShape>, "error" | "status" | "code" | "requestId" | "issues">;

/** An answer that is none: what its problem document (RFC 9457) says, or that something between gave another answer. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  /** Of docs/problems.md; `unknown` where the answer is not the server's own. */
  readonly code: string;
  /** The answer's id in the server's log, or "". */
  readonly requestId: string;
  /** What is wrong with which member of the input. */
  readonly issues: NonNullable<Problem["issues"]>;
  /** How many seconds to wait before the next try, where the answer says so. */
  readonly retryAfter: number | null;

  constructor(problem: Problem, retryAfter: number | null) {
    super(problem.error);
    this.status = problem.status;
    this.code = problem.code;
    this.requestId = problem.requestId;
    this.issues = problem.issues ?? [];
    this.retryAfter = retryAfter;
  }
}

/** What an answer that refuses says. */
export async function readError(answer: Response): Promise<ApiError> {
  const wait = answer.headers.get("Retry-After") ?? "";
  const isOurs = answer.headers.get("Content-Type")?.startsWith("application/problem+json");
  return new ApiError(
    isOurs ? await readJson<Problem>(answer) : toUnknown(answer),
    // It may also be a date: nothing of ours says one, and clocks differ.
    /^\d+$/.test(wait) ? Number(wait) : null,
  );
}

/** The body of an answer that is JSON. Throws `ApiError` where it is none. */
export async function readJson<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(toUnknown(answer), null);
  }
}

/** What stands between, such as a proxy, answers in a form of its own. */
function toUnknown({ status, headers }: Response): Problem {
  const error = `The server can’t be reached: something before it answered ${status}`;
  return { error, status, code: "unknown", requestId: headers.get("X-Request-Id") ?? "" };
}
