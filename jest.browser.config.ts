/** @jest-config-loader esbuild-register */
import type { Config } from "jest";
import nextJest from "next/jest.js";

const config: Config = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/__tests__/browser/**/*.test.{ts,tsx}"],
  modulePathIgnorePatterns: ["<rootDir>/.next/", "<rootDir>/dist/"],
  moduleNameMapper: { "^@/(.*)$": "<rootDir>/$1" },
  globalSetup: "<rootDir>/__tests__/support/setup.ts",
  testTimeout: 60_000,
};

export default nextJest({ dir: "." })(config);
