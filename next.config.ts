import type { NextConfig } from "next";

const nothingLoads = "default-src 'none'; frame-ancestors 'none'";
const ownFilesOnly =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const everywhere = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "no-referrer" },
];

const config: NextConfig = {
  poweredByHeader: false,
  // A redirect breaks a CORS preflight, so /api/comments/ is answered as /api/comments is.
  skipTrailingSlashRedirect: true,
  // Compressing inside Next costs more than the request itself; a proxy or server.ts does it once.
  compress: false,
  images: { unoptimized: true },
  // `npm run check` checks the types of everything; a start need not wait for it.
  typescript: { ignoreBuildErrors: true },
  // Part of every ETag: a new build may render the same data differently.
  env: { ANTIPHON_BUILD: process.env.ANTIPHON_BUILD ?? Date.now().toString(36) },
  headers: async () => [
    {
      source: "/api/:path*",
      headers: [
        ...everywhere,
        { key: "Content-Security-Policy", value: nothingLoads },
        { key: "Cross-Origin-Resource-Policy", value: "cross-origin" },
      ],
    },
    {
      source: "/((?!api(?:/|$)).*)",
      headers: [
        ...everywhere,
        { key: "Content-Security-Policy", value: ownFilesOnly },
        { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
      ],
    },
  ],
};

export default config;
