import { randomUUID } from "node:crypto";
import { IncomingMessage, type Server } from "node:http";
import { getCookieParser } from "next/dist/server/api-utils/get-cookie-parser";
import { apiResolver } from "next/dist/server/api-utils/node/api-resolver";
import { HoldableResponse } from "@/lib/cache/holdableResponse";

/** What answers a request to the production server, or hands it on. */
export type Listener = (req: ApiRequest, res: ApiResponse) => void;

/** The production server: its requests and answers are these. */
export type ApiServer = Server<typeof ApiRequest, typeof ApiResponse>;

/** No handler uses Next's preview mode, and nobody can guess the keys to it. */
const noPreview = {
  dev: false,
  previewModeId: randomUUID(),
  previewModeEncryptionKey: randomUUID(),
  previewModeSigningKey: randomUUID(),
};

/**
 * A request with what handlers find on a `NextApiRequest`. Next's resolver defines that on each request anew, with
 * functions made for it: so no two are of the same kind to V8, and all that is read of one later takes longer.
 */
export class ApiRequest extends IncomingMessage {
  query: Partial<Record<string, string | string[]>> = {};
  body: unknown;

  get cookies(): Partial<Record<string, string>> {
    return getCookieParser(this.headers)();
  }

  /** Next sets its own for a page. */
  set cookies(value) {
    Object.defineProperty(this, "cookies", { value, writable: true, enumerable: true, configurable: true });
  }
}

/** A module of the API whose handler does nothing. */
const idle = { default: () => undefined, config: { api: { bodyParser: false } } };

/**
 * What Next adds to an answer. No handler of ours uses it, but middleware that is mounted may: Next's resolver adds it
 * then.
 */
const ADDED = [
  ...["status", "send", "json", "redirect", "revalidate"],
  ...["setDraftMode", "setPreviewData", "clearPreviewData"],
];

/** An answer with what handlers find on a `NextApiResponse`. */
export class ApiResponse extends HoldableResponse<ApiRequest> {
  static {
    for (const name of ADDED)
      Object.defineProperty(ApiResponse.prototype, name, {
        configurable: true,
        writable: true,
        value(this: ApiResponse, ...args: unknown[]) {
          void apiResolver(this.req, this, this.req.query, idle, noPreview, false);
          return Reflect.apply(Reflect.get(this, name), this, args);
        },
      });
  }
}
