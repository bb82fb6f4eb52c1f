declare module "micro-cors" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

  export default function cors(options?: { origin?: string; maxAge?: number }): (handler: Handler) => Handler;
}
