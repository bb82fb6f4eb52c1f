/**
 * `npm start`: sets up what is stale, then becomes the production server. One process, so that a signal to npm
 * reaches the server itself.
 */
import { setUp } from "./setup.mjs";

setUp("build").then(() => {
  process.env.NODE_ENV = "production";
  return import(new URL("../dist/server.js", import.meta.url).href);
});
