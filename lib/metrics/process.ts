import { performance } from "node:perf_hooks";
import { type Family, one } from "@/lib/metrics/family";

/** The process itself, under the names that every program uses. */
export function processFamilies(): Family[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  const { active } = performance.eventLoopUtilization();
  const began = Date.now() / 1000 - process.uptime();
  return [
    one("counter", "process_cpu_user_seconds_total", "CPU time in the program, in seconds.", user / 1e6),
    one("counter", "process_cpu_system_seconds_total", "CPU time in the system, in seconds.", system / 1e6),
    one("gauge", "process_resident_memory_bytes", "Resident memory, in bytes.", rss),
    one("gauge", "process_start_time_seconds", "When the process began, in seconds since 1970.", began),
    one("gauge", "nodejs_heap_size_used_bytes", "What the heap holds, in bytes.", heapUsed),
    one("gauge", "nodejs_heap_size_total_bytes", "The size of the heap, in bytes.", heapTotal),
    one("gauge", "nodejs_external_memory_bytes", "What lies beside the heap, in bytes.", external),
    one(
      "counter",
      "antiphon_event_loop_active_seconds_total",
      "How long the event loop had something to do, in seconds.",
      active / 1000,
    ),
  ];
}
