import type { Test } from "supertest";
import request from "./request";
import type { Server } from "./server";

/** What a browser sends along with a form of a page of this server that somebody sent off. */
export const byHand = {
  Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "Sec-Fetch-Site": "same-origin",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Dest": "document",
};

/** A browser's own form to one server, sent off without scripts; the answer is not followed. */
export function forms(server: () => Server) {
  const submit = (path: string, fields: object, headers: object = {}): Test =>
    request(server().url)
      .post(path)
      .redirects(0)
      .type("form")
      .set({ ...byHand, ...headers })
      .send(fields);
  /** Sends it and returns where it leads. */
  const lead = async (path: string, fields: object, headers: object = {}): Promise<string> => {
    const { headers: answered } = await submit(path, fields, headers).expect(303);
    return answered.location ?? "";
  };
  return { submit, lead };
}
