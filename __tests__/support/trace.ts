import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { until } from "@/__tests__/support/until";

/** Why system calls can't be traced here; null where they can. */
export const noTrace = findObstacle();

function findObstacle(): string | null {
  try {
    execFileSync("strace", ["-o", "/dev/null", "-e", "trace=none", "true"], { stdio: "ignore" });
    return null;
  } catch (error) {
    const absent = error instanceof Error && "code" in error && error.code === "ENOENT";
    return absent ? "strace is not installed" : "strace may not trace here";
  }
}

/** Attaches strace to a process until `detach`; resolves once it holds every thread. */
export async function attach(pid: number, ...options: string[]): Promise<{ detach(): Promise<void> }> {
  const child: ChildProcess = spawn("strace", ["-f", "-p", String(pid), ...options], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const exit = once(child, "exit");
  await until(() => said.includes("attached") || child.exitCode !== null);
  if (child.exitCode !== null) throw new Error(`strace ended: ${said}`);
  return {
    detach: async () => {
      child.kill("SIGINT");
      await exit;
    },
  };
}

export interface Verdict {
  requests: number;
  /** Answers of 201 or 202. */
  acknowledged: number;
  fsyncs: number;
  /** The lines of those answers that left before an fsync which came after their request. */
  early: string[];
}

/**
 * Judges the trace of a server that is asked one POST at a time
 * (`strace -f -e trace=read,fsync,fdatasync,write,writev,sendto,sendmsg`): no 201 and no 202 may leave before an
 * fsync has *ended* that began after the request was read.
 */
export function judge(trace: string): Verdict {
  const verdict: Verdict = { requests: 0, acknowledged: 0, fsyncs: 0, early: [] };
  let synced = false;
  /** Threads whose fsync began after the request. */
  const syncing = new Set<string>();
  for (const line of trace.split("\n")) {
    const thread = /^(?:\[pid\s+)?(\d+)/.exec(line)?.[1] ?? "";
    if (/\bread(v|\()?.*"POST \/api\//.test(line)) {
      verdict.requests++;
      synced = false;
      syncing.clear();
    } else if (/\bf(data)?sync\(.*unfinished/.test(line)) syncing.add(thread);
    else if (/\bf(data)?sync\b.*=\s*0/.test(line)) {
      verdict.fsyncs++;
      if (!line.includes("resumed") || syncing.delete(thread)) synced = true;
    } else if (/\b(write|writev|sendto|sendmsg)\(.*HTTP\/1\.1 20[12] /.test(line)) {
      verdict.acknowledged++;
      if (!synced) verdict.early.push(line);
    }
  }
  return verdict;
}
