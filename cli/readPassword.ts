import type { Readable } from "node:stream";

/** The most that is read of standard input: more than any password has. */
const MOST = 4096;

/** Enter, and Ctrl-D. */
const ENTER = ["\r", "\n", "\u0004"];
const INTERRUPT = "\u0003";
const ERASE = ["\b", "\u007f"];

/** Standard input: a terminal, or a file or another program's output. */
export type Keyboard = Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };

/** Ctrl-C while a password was asked for. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

/**
 * A password: the first line of standard input where that comes from a file or a program, else typed twice on the
 * terminal, without echo. Null where the two differ.
 */
export async function readPassword(input: Keyboard, screen: NodeJS.WritableStream): Promise<string | null> {
  input.setEncoding("utf8");
  if (!input.isTTY) return readLine(input);
  const first = await readHidden(input, screen, "Password: ");
  const second = await readHidden(input, screen, "Once more: ");
  return first === second ? first : null;
}

async function readLine(input: Keyboard): Promise<string> {
  let text = "";
  for await (const chunk of input) {
    text += String(chunk);
    if (text.includes("\n") || text.length > MOST) break;
  }
  return text.split(/\r?\n/, 1)[0] ?? "";
}

function readHidden(input: Keyboard, screen: NodeJS.WritableStream, prompt: string): Promise<string> {
  screen.write(prompt);
  input.setRawMode?.(true);
  input.resume();
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    const end = (settle: () => void, rest = "") => {
      input.off("data", take);
      input.setRawMode?.(false);
      input.pause();
      if (rest !== "") input.unshift(rest);
      screen.write("\n");
      settle();
    };
    const take = (chunk: string) => {
      const chars = [...chunk];
      for (const [n, char] of chars.entries()) {
        if (char === INTERRUPT) return end(() => reject(new Interrupted()));
        if (ENTER.includes(char)) {
          const rest = chars.slice(n + 1).join("");
          return end(() => resolve(typed.join("")), char === "\r" ? rest.replace(/^\n/, "") : rest);
        }
        if (ERASE.includes(char)) typed = typed.slice(0, -1);
        else if (typed.length < MOST) typed.push(char);
      }
    };
    input.on("data", take);
  });
}
