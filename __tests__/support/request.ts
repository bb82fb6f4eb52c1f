import supertest, { type Response, type Test } from "supertest";
import { openApi } from "@/lib/openapi";
import { Contract } from "./contract";

const contract = new Contract(JSON.parse(JSON.stringify(openApi(""))));

type Verb = "get" | "head" | "post" | "put" | "patch" | "delete" | "options";

/** supertest for the server at `url`, with every answer of its API held against the OpenAPI document. */
export default function request(url: string) {
  const held = (verb: Verb) => (path: string) => {
    const test: Test = supertest(url)[verb](path);
    return /^\/api(\/|$|\?)/.test(path) ? test.expect(isKept(verb, path)) : test;
  };
  return {
    get: held("get"),
    head: held("head"),
    post: held("post"),
    put: held("put"),
    patch: held("patch"),
    delete: held("delete"),
    options: held("options"),
  };
}

/** Writes down what an operation answered where supertest can't: to a form with `_method`, or on a socket. */
export function noteAnswer(method: string, path: string, status: number): void {
  contract.note(method, path, status);
}

function isKept(verb: Verb, path: string) {
  return (res: Response) => {
    // A redirect that was followed led elsewhere, and a form that is led on may have named another method.
    if (verb === "head" || verb === "options" || res.redirects.length > 0) return;
    if (res.status === 303) contract.note(verb, path, 303);
    else contract.expectKept(verb, path, res);
  };
}
