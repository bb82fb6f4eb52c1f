import { log } from "@/lib/log";

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
  const path = url.split("?", 1)[0]?.slice(0, 200);
  const ms = Math.round((performance.now() - began) * 10) / 10;
  log.info({ id, method, path, status, ms }, whole ? "answered" : "cut off");
}
