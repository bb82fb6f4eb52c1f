/**
 * `npm start`: sets up what is stale, then becomes the production server. One process, so that a signal to npm
 * reaches the server itself.
 */
import { createRequire } from "node:module";
import { setUp } from "./setup.mjs";

setUp("build").then(() => {
  process.env.NODE_ENV = "production";
  // Not by import(): Node would read all of it once more, for names that it might export.
  createRequire(import.meta.url)("../dist/server.js");
});
