import { logInfo } from "@/lib/log";

/** An API request, and how it was answered. `began`: as `performance.now()` has it. */
interface Answered {
  id: string;
  method: string | undefined;
  url: string | undefined;
  status: number;
  began: number;
}

/** The line that the log has of each API request: never a query, never who asked. */
export function logAnswer({ id, method, url = "", status, began }: Answered, whole: boolean): void {
  const query = url.indexOf("?");
  const path = url.slice(0, Math.min(200, query < 0 ? url.length : query));
  const ms = Math.round((performance.now() - began) * 10) / 10;
  const text = /[^!#-[\]-~]/.test(path) ? JSON.stringify(path) : `"${path}"`;
  logInfo(
    `"id":"${id}","method":"${method}","path":${text},"status":${status},"ms":${ms}`,
    whole ? "answered" : "cut off",
  );
}
