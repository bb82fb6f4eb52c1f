/** Who may import what: the directions of docs/architecture.md. */
const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    rule(
      "no-circle",
      "Two files that need each other are one file, or hide a third.",
      {},
      { circular: true },
    ),
    rule("no-dead-end", "What is imported has to be there.", {}, { couldNotResolve: true }),
    rule(
      "db-stands-alone",
      "db speaks SQL and knows nobody above it.",
      { path: "^db/" },
      {
        path: "^(lib|pages|components|embed|cli)/|^server\\.ts$|(^|/)node_modules/(next|next-connect|react|react-dom)/",
      },
    ),
    rule(
      "lib-is-below-the-pages",
      "lib speaks the domain, and is used by what has a URL.",
      { path: "^lib/" },
      { path: "^(pages|components|embed|cli)/|^server\\.ts$" },
    ),
    rule(
      "one-door-to-the-database",
      "Only lib/store.ts opens a store, so a process has one. Everybody else takes types and errors from db.",
      { path: "^(lib|pages|components|embed|cli)/|^server\\.ts$", pathNot: "^lib/store\\.ts$" },
      { path: "^db/(open\\.ts|sqlite/|postgres/)" },
    ),
    rule(
      "pages-use-lib",
      "A handler goes through lib; from db it takes types and errors only.",
      { path: "^pages/" },
      { path: "^db/", pathNot: "^db/errors\\.ts$", dependencyTypesNot: ["type-only"] },
    ),
    rule(
      "browser-side-uses-the-api",
      "Components and the embed run in browsers: they talk to the API, as everybody else does.",
      { path: "^(components|embed)/" },
      { path: "^(lib/store\\.ts$|db/)", dependencyTypesNot: ["type-only"] },
    ),
    rule(
      "client-stands-alone",
      "Browsers load lib/client.ts, and others bundle it: of everything else it takes types only.",
      { path: "^lib/client(/|\\.ts$)" },
      { pathNot: "^lib/client/", dependencyTypesNot: ["type-only"] },
    ),
    rule(
      "element-is-small",
      "Other sites load the element: it is made of the client and what says texts, and takes types of everything else.",
      { path: "^embed/" },
      {
        pathNot: "^(embed|lib/client)/|^lib/translator\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    ),
    rule(
      "nobody-imports-pages",
      "A page is reached by its URL.",
      { pathNot: "^(pages|__tests__)/" },
      { path: "^pages/" },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json", ".d.ts"],
    },
  },
};
