import { toDigest } from "@/lib/webhooks/digest";
import { type Format, postJson } from "@/lib/webhooks/format";

/**
 * A room of a Matrix server: https://…/_matrix/client/v3/rooms/…/send/m.room.message?access_token=…. The token goes
 * into a header. A message comes once only, however often it is sent: its id is the transaction's.
 * https://spec.matrix.org/v1.15/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
 */
export const matrix: Format = {
  missing: ({ pathname, searchParams }) => {
    if (!/^\/_matrix\/client\/v3\/rooms\/[^/]+\/send\/m\.room\.message\/?$/.test(pathname))
      return "Must end in /_matrix/client/v3/rooms/…/send/m.room.message";
    return /^[\x21-\x7e]+$/.test(searchParams.get("access_token") ?? "") ? null : "Must have ?access_token=…";
  },
  toCall: (message, url) => {
    const { title, excerpt, link } = toDigest(message);
    const body = [title, excerpt, link].filter((line) => line !== null).join("\n");
    const token = url.searchParams.get("access_token") ?? "";
    const room = new URL(url);
    room.searchParams.delete("access_token");
    room.pathname = `${room.pathname.replace(/\/$/, "")}/${message.id}`;
    // No formatted_body, so it is plain text; no mentions, whatever names are in it.
    const call = postJson(room, { msgtype: "m.notice", body, "m.mentions": {} });
    return { ...call, method: "PUT", headers: { ...call.headers, Authorization: `Bearer ${token}` } };
  },
};
