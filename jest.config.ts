/** @jest-config-loader esbuild-register */
import type { Config } from "jest";
import nextJest from "next/jest.js";

const config: Config = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/__tests__/**/*.test.{ts,tsx}"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/__tests__/browser/"],
  modulePathIgnorePatterns: ["<rootDir>/.next/", "<rootDir>/dist/"],
  moduleNameMapper: { "^@/(.*)$": "<rootDir>/$1" },
  globalSetup: "<rootDir>/__tests__/support/setup.ts",
  globalTeardown: "<rootDir>/__tests__/support/tearDown.ts",
  testTimeout: 30_000,
};

export default nextJest({ dir: "." })(config);
