import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { makePost } from "@/__tests__/support/api";
import { upload } from "@/__tests__/support/files";
import { draw } from "@/__tests__/support/pictures";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";

const HEAVY = ["htmlparser2", "postcss", "react", "react-dom", "sanitize-html", "sharp"];

const start = () => startServer({ NODE_OPTIONS: `-r ${join(__dirname, "..", "support", "tellLoaded.cjs")}` });

/** Stops the server. Which packages it had loaded by then, and which routes and pages. */
async function loadedBy(server: Server): Promise<{ packages: string[]; routes: string[] }> {
  await server.stop();
  const told = () => /^loaded (.*)$/m.exec(server.logs())?.[1];
  await until(() => told() !== undefined);
  const names: string[] = JSON.parse(told() ?? "");
  const under = (folder: string) =>
    names.filter((name) => name.startsWith(folder)).map((name) => name.slice(folder.length));
  return { packages: under("node_modules/"), routes: under(".next/server/pages/") };
}

test("a first reader waits for no route but their own, and for nothing heavy that they do not need", async () => {
  const first = await start();
  const post = await makePost(first);
  const server = await first.restart();
  await request(server.url).get(`/api/comments/${post}`).expect(200);
  const { packages, routes } = await loadedBy(server);
  expect(packages).toContain("better-sqlite3");
  expect(HEAVY.filter((name) => packages.includes(name))).toEqual([]);
  expect(routes).toEqual(["api/comments/[id]"]);
});

test("what a comment, a picture and a page need is loaded for the first of each", async () => {
  const server = await start();
  await makePost(server);
  await upload(server, await draw().png().toBuffer(), "a.png").expect(201);
  await request(server.url).get("/").expect(200);
  const { packages, routes } = await loadedBy(server);
  expect(packages).toEqual(expect.arrayContaining(HEAVY));
  expect(routes).toEqual(expect.arrayContaining(["api/comments", "api/files", "index"]));
});
