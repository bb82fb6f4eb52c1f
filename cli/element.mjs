/**
 * Builds what other sites load: the element (public/embed.js) and the style sheet of threads (public/embed.css).
 *
 * setup.mjs loads this before anything is installed, so esbuild is asked for only when it is needed.
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What is made of what. */
const made = {
  "public/embed.js": "embed/index.ts",
  "public/embed.css": "components/thread/thread.css",
};

/** The files that are made here; none where there is no element. */
export const elementFiles = Object.keys(made).filter((file) => fs.existsSync(path.join(root, made[file])));

/** Makes them. Throws what esbuild says where that is not possible. */
export async function buildElement() {
  const esbuild = await import("esbuild");
  for (const file of elementFiles) await esbuild.build(toBuild(file, "silent"));
}

/** Makes them, and again whenever something that they are made of changes, until the process ends. */
export async function watchElement() {
  const esbuild = await import("esbuild");
  for (const file of elementFiles) {
    const context = await esbuild.context(toBuild(file, "warning"));
    await context.watch();
  }
}

function toBuild(file, logLevel) {
  const script = file.endsWith(".js");
  return {
    absWorkingDir: root,
    entryPoints: [made[file]],
    outfile: file,
    bundle: true,
    minify: true,
    plugins: [whole(file)],
    ...(script && { format: "iife" }),
    target,
    // Fields are not declared apart from their first value, which saves bytes.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    legalComments: "none",
    alias: { "@": root },
    write: false,
    logLevel,
  };
}

/** The browsers that it is made for, from May 2024 on: the style sheet says `light-dark()`, which older ones don't know. */
const target = ["es2023", "safari17.5", "chrome123", "firefox120"];

/** Whoever asks for the file meanwhile gets the old one or the new one, never half of it. */
function whole(file) {
  return {
    name: "whole",
    setup: (build) => {
      build.onEnd(({ errors, outputFiles = [] }) => {
        const [output] = outputFiles;
        if (errors.length > 0 || output === undefined) return;
        const folder = path.join(root, path.dirname(file));
        const name = path.join(folder, `.${path.basename(file)}.new`);
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(name, output.contents);
        fs.renameSync(name, path.join(root, file));
      });
    },
  };
}
