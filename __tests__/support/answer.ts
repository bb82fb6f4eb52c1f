import { expect } from "@jest/globals";
import { PROBLEMS } from "@/lib/problems";
import { problemShape } from "@/lib/schemas/server";

/** That an answer is in the contract's form: JSON and no fault of the server, or a problem document that tells nothing of the inside. */
export function expectContract(response: {
  status: number;
  headers: Record<string, string>;
  text: string;
}): void {
  expect(response.status).toBeLessThan(500);
  if (response.status < 400) return;
  expect(response.headers["content-type"]).toMatch(/^application\/problem\+json/);
  const problem = problemShape.parse(JSON.parse(response.text));
  expect(problem.status).toBe(response.status);
  expect(Object.keys(PROBLEMS)).toContain(problem.code);
  expect(response.text).not.toMatch(/node_modules|SQLITE|\bat \S+ \(|\.ts:\d/);
}
