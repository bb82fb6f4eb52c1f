import type { Server } from "@/__tests__/support/server";
import { head, open, type Wire } from "@/__tests__/support/socket";

/** The body that `postHalfway` still owes. */
export const OWED = JSON.stringify({ post: 1, comment: "On the way" });

/** A POST of which the server has read the head, and whose body is still to come. */
export async function postHalfway(server: Server): Promise<Wire> {
  const wire = await open(
    server.url,
    head(
      "POST /api/comments HTTP/1.1",
      "Host: x",
      "Content-Type: application/json",
      `Content-Length: ${OWED.length}`,
      "Expect: 100-continue",
    ),
  );
  await wire.waitFor("HTTP/1.1 100 Continue\r\n\r\n");
  return wire;
}
