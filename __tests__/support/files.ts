import { createHash } from "node:crypto";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import supertest, { type Test } from "supertest";
import request from "@/__tests__/support/request";
import type { Server } from "@/__tests__/support/server";

/** Uploads `bytes` as a file of that name, as the admin unless `header` says otherwise. */
export function upload(
  server: Server,
  bytes: Buffer | string,
  name: string,
  path?: string,
  header: [string, string] = ["Authorization", `Bearer ${server.adminToken}`],
): Test {
  const call = request(server.url)
    .post("/api/files")
    .set(...header);
  if (path !== undefined) call.field("path", path);
  return call.attach("file", Buffer.from(bytes), name);
}

/** GET as bytes, whatever the type. */
export function download(server: Server, path: string): Test {
  return supertest(server.url)
    .get(`/api/files/${path}`)
    .buffer(true)
    .parse((res, done) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.on("end", () => done(null, Buffer.concat(chunks)));
    });
}

export function sha256(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The folder that a server of `startServer` keeps files in. */
export function folderOf({ databaseFile, env }: Server): string {
  return env.FILES_DIR ?? join(databaseFile, "..", "files");
}

/** Every file in that folder, with slashes; those that hold bytes of uploads, whole or not. */
export function bytesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "owner")
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Which files of that folder a process has open. */
export function openIn(folder: string, pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
      return target.startsWith(folder) ? [target] : [];
    } catch {
      return [];
    }
  });
}

/** The lines of a multipart body; a part is its headers and its content. */
export function multipart(boundary: string, parts: [headers: string[], content: string][]): string {
  const text = parts.map(
    ([headers, content]) => `--${boundary}\r\n${headers.join("\r\n")}\r\n\r\n${content}\r\n`,
  );
  return `${text.join("")}--${boundary}--\r\n`;
}

/** The headers of a part that is a file. */
export function filePart(name = "file", filename = "a.txt"): string[] {
  return [
    `Content-Disposition: form-data; name="${name}"; filename="${filename}"`,
    "Content-Type: text/plain",
  ];
}
