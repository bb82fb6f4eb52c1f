import { Problem } from "@/lib/problems";

const MAX_DEPTH = 32;

/** JSON as the contract takes it: no member twice, at most 32 deep. Throws 400 `malformed_json`. */
export function parseJson(text: string): unknown {
  const value = parse(text);
  const fault = findFault(text);
  if (fault) throw new Problem("malformed_json", { error: `The body ${fault}` });
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("malformed_json");
  }
}

/**
 * What JSON.parse passes over and the contract does not take, as the end of a sentence; or null.
 * `text` is known to be JSON, so only strings and punctuation matter.
 */
export function findFault(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  let last = "";
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === "{" || token === "[") open.push(token === "{" ? new Set() : null);
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const name: string = JSON.parse(last);
      const names = open.at(-1);
      if (names?.has(name)) return `has the member ${JSON.stringify(name.slice(0, 40))} twice`;
      names?.add(name);
    } else last = token;
    if (open.length > MAX_DEPTH) return `nests more than ${MAX_DEPTH} deep`;
  }
  return null;
}
