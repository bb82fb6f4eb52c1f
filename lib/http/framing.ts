import type { ServerResponse } from "node:http";
import { config } from "@/lib/config";

/** Lets this page be framed by whom FRAME_ANCESTORS names; all others are framed by nobody (next.config.mjs). */
export function allowFraming(res: ServerResponse): void {
  const policy = String(res.getHeader("Content-Security-Policy") ?? "");
  const others = policy.split(";").filter((directive) => !directive.trim().startsWith("frame-ancestors"));
  res.setHeader("Content-Security-Policy", [...others, ` frame-ancestors ${toSources()}`].join(";"));
}

/** As CSP3 §6.4.2 wants it. */
function toSources(): string {
  const { frameAncestors, allowedOrigins } = config();
  if (frameAncestors === "none") return "'none'";
  const named = frameAncestors === "auto" ? allowedOrigins : frameAncestors;
  return named === null ? "*" : ["'self'", ...named].join(" ");
}
