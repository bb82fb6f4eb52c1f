import type { ImportOptions } from "@/db/store";

type Phase = Parameters<NonNullable<ImportOptions["onProgress"]>>[0];

const NAMES: Record<Phase, string> = { read: "Reading", store: "Storing", index: "Indexing" };
const WIDTH = 30;
const EVERY = 100;
const ROWS_A_LINE = 20_000;

/** Where the work is shown. */
export interface Screen {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** How far a bar of 0 to 1 is, e.g. `[#####-----]  50 %`. */
function bar(part: number): string {
  const full = Math.round(Math.min(part, 1) * WIDTH);
  return `[${"#".repeat(full)}${"-".repeat(WIDTH - full)}] ${String(Math.floor(Math.min(part, 1) * 100)).padStart(3)} %`;
}

/**
 * Shows an import under way: one line with a bar on a terminal, elsewhere a line now and then, and nothing for what is
 * done in a moment. `part`: how much of the files was read, 0 to 1, or null where nobody knows.
 */
export function showProgress(screen: Screen, part: () => number | null, now = Date.now) {
  let phase: Phase | null = null;
  let next = 0;
  const line = (text: string) => screen.write(screen.isTTY ? `\r\x1b[K${text}` : `${text}\n`);

  function show(at: Phase, done: number, total: number | null): void {
    const changed = at !== phase;
    phase = at;
    const rows = `${done.toLocaleString("en")} rows`;
    if (!screen.isTTY) {
      if (done > 0 && done % ROWS_A_LINE === 0)
        line(`${NAMES[at]}: ${rows}${total ? ` of ${total.toLocaleString("en")}` : ""}`);
      if (at === "index" && (total ?? 0) >= ROWS_A_LINE) line(`${NAMES.index} …`);
      return;
    }
    if (!changed && now() < next) return;
    next = now() + EVERY;
    const known = at === "read" ? part() : at === "store" && total ? done / total : null;
    const text = `${NAMES[at].padEnd(9)}${known === null ? "…" : bar(known)}`;
    line(at === "index" ? text : `${text}  ${rows}`);
  }

  /** Clears the bar, so that the report begins on an empty line. */
  function end(): void {
    if (screen.isTTY && phase) screen.write("\r\x1b[K");
  }

  return { show, end };
}
