import { config } from "@/lib/config";
import { localAddress } from "@/lib/localAddress";

/** Says on standard output where the server is and what to do next. `port` is the one that it has. */
export function greet(port: number): void {
  const { host, allowedOrigins } = config();
  const url = localAddress(host, port);
  const lines = [
    `Antiphon is at ${url}`,
    "",
    `  ${url}/  the front page, where you can comment`,
    `  ${url}/api/comments  the same comments, for programs`,
    `  ${url}/docs/problems  what each error means, and its mend`,
  ];
  if (allowedOrigins === null) {
    lines.push(
      "  For comments on a site elsewhere, set ALLOWED_ORIGINS to it, e.g. ALLOWED_ORIGINS=https://blog.example",
    );
  }
  console.log(`\n${lines.join("\n")}\n`);
}
