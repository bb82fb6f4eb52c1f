const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");

/** Loaded with `node -r`: on SIGUSR2 collects garbage and says how many bytes are still held. */
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
let asked = 0;
process.on("SIGUSR2", () => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  process.stderr.write(`held ${++asked} ${heapUsed + external}\n`);
});
