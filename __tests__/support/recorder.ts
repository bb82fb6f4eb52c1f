import { Contract } from "@/__tests__/support/contract";
import { openApi } from "@/lib/openapi";

/** What a client asked, through a `fetch` that holds every answer against the OpenAPI document. */
export class Recorder {
  readonly #contract = new Contract(JSON.parse(JSON.stringify(openApi(""))));
  /** The operations that were asked for so far, such as `get /api/comments/{id}`. */
  readonly called = new Set<string>();

  /** `fetch` with these headers on top. */
  fetch(more: Record<string, string> = {}): typeof fetch {
    return async (input, init) => {
      const method = (init?.method ?? "GET").toLowerCase();
      const { pathname } = new URL(String(input));
      this.called.add(`${method} ${this.#contract.pathOf(pathname)}`);
      const answer = await fetch(input, {
        redirect: "manual",
        ...init,
        headers: { ...Object.fromEntries(new Headers(init?.headers)), ...more },
      });
      const headers = Object.fromEntries(answer.headers);
      const type = headers["content-type"] ?? "";
      // A stream has no end to wait for.
      const text = type === "text/event-stream" ? "" : await answer.clone().text();
      const body: unknown = /\bjson\b/.test(type) ? JSON.parse(text) : {};
      this.#contract.expectKept(method, pathname, { status: answer.status, headers, text, body });
      return answer;
    };
  }
}
