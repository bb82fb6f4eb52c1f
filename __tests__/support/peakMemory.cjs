/** Loaded with `node -r`: says at the end how much memory the process ever held, in KiB. */
process.on("exit", () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}\n`));
