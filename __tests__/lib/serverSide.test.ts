import { createServer } from "node:http";
import { expect, it } from "@jest/globals";
import type { GetServerSidePropsContext } from "next";
import request from "supertest";
import { serverSide } from "@/lib/http/serverSide";

/** As the copy of the class in server.ts's bundle makes it: the same name, another class. */
class Unavailable extends Error {
  override name = "Unavailable";
  readonly retryAfter = 7;
}

it("a database that can't be used is a 503 page, whichever bundle's copy of the error says so", async () => {
  const read = serverSide(() =>
    Promise.reject(new Unavailable("The database can't be used now (SQLITE_IOERR)")),
  );
  const server = createServer((req, res) => {
    const context: GetServerSidePropsContext = {
      req: Object.assign(req, { cookies: {} }),
      res,
      query: {},
      resolvedUrl: "/",
    };
    read(context).then(
      (result) => res.end(JSON.stringify(result)),
      () => res.writeHead(500).end(),
    );
  });
  const res = await request(server).get("/").expect(503);
  expect(res.headers).toMatchObject({ "retry-after": "7", "cache-control": "private, no-store" });
  expect(JSON.parse(res.text)).toMatchObject({ props: { unavailable: true, language: "en" } });
});
