import type { Test } from "supertest";
import request from "./request";
import type { Server } from "./server";

/** The calls that tests make most, to one server. */
export function client(server: () => Server) {
  const call = (verb: "get" | "head" | "post" | "put" | "patch" | "delete" | "options", path: string): Test =>
    request(server().url)[verb](path).redirects(0);
  return {
    get: (path: string) => call("get", path),
    head: (path: string) => call("head", path),
    post: (path: string, body?: object) => call("post", path).send(body),
    put: (path: string, body?: object) => call("put", path).send(body),
    patch: (path: string, body?: object) => call("patch", path).send(body),
    delete: (path: string) => call("delete", path),
    options: (path: string) => call("options", path),
    /** Comments as a guest. */
    comment: (comment: string, more: object = {}) =>
      call("post", "/api/comments").send({ post: 1, comment, ...more }),
    admin: (): [string, string] => ["Authorization", `Bearer ${server().adminToken}`],
  };
}

export function bearer(token: string): [string, string] {
  return ["Authorization", `Bearer ${token}`];
}
