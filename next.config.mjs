// Next's development server evaluates its scripts, writes styles into the page, and tells it of changes over a socket.
const [scripts, styles, connections] =
  process.env.NODE_ENV === "development"
    ? ["'self' 'unsafe-eval' 'unsafe-inline'", "'self' 'unsafe-inline'", "'self' ws:"]
    : ["'self'", "'self'", "'self'"];
const ownFilesOnly = `default-src 'none'; script-src ${scripts}; style-src ${styles}; img-src 'self' https:; font-src 'self'; connect-src ${connections}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

const nosniff = { key: "X-Content-Type-Options", value: "nosniff" };

/**
 * JavaScript, since to read TypeScript a server loads a compiler at each start: 25 MB.
 *
 * @type {import("next").NextConfig}
 */
const config = {
  poweredByHeader: false,
  // A redirect breaks a CORS preflight, so /api/comments/ is answered as /api/comments is.
  skipTrailingSlashRedirect: true,
  // Compressing inside Next costs more than the request itself; a proxy or server.ts does it once.
  compress: false,
  // Each handler and page is loaded for its first request. All of them at the start would make the first one wait, and
  // hold more memory.
  experimental: { preloadEntriesOnStart: false },
  images: { unoptimized: true },
  // `npm run check` checks the types of everything; a start need not wait for it.
  typescript: { ignoreBuildErrors: true },
  // Part of every ETag: a new build may render the same data differently.
  env: { ANTIPHON_BUILD: process.env.ANTIPHON_BUILD ?? Date.now().toString(36) },
  // For pages. The API sets its own in lib/http/router.ts: Next compiles each of these anew for every request.
  headers: async () => [
    {
      source: "/((?!api(?:/|$)).*)",
      headers: [
        nosniff,
        // Not no-referrer: with that, browsers send our own form with "Origin: null".
        { key: "Referrer-Policy", value: "same-origin" },
        { key: "Content-Security-Policy", value: ownFilesOnly },
        { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
      ],
    },
    // What other sites load. A release reaches their readers within five minutes; until then nobody asks again.
    ...["/embed.js", "/embed.css", "/languages/:file"].map((source) => ({
      source,
      headers: [
        { key: "Cache-Control", value: "public, max-age=300, must-revalidate" },
        { key: "Access-Control-Allow-Origin", value: "*" },
        { key: "Cross-Origin-Resource-Policy", value: "cross-origin" },
      ],
    })),
    {
      source: "/docs/:path*",
      headers: [
        { key: "Cache-Control", value: "public, max-age=0, must-revalidate" },
        { key: "Content-Language", value: "en" },
      ],
    },
  ],
};

export default config;
