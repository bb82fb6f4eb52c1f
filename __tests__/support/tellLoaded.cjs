/** Loaded with `node -r`: says at the end which packages, routes and pages of the build were loaded, in one line. */
process.on("exit", () => {
  const names = Object.keys(require.cache).flatMap((file) => {
    const path = file.replaceAll("\\", "/");
    return /node_modules\/(?:@[^/]+\/)?[^/]+|\.next\/server\/pages\/.*(?=\.js$)/.exec(path)?.[0] ?? [];
  });
  process.stderr.write(`loaded ${JSON.stringify([...new Set(names)])}\n`);
});
