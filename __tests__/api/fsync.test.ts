import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { makePost, tryPost } from "@/__tests__/support/api";
import { startServer } from "@/__tests__/support/server";
import { attach, judge, noTrace } from "@/__tests__/support/trace";

const CALLS = "trace=read,fsync,fdatasync,write,writev,sendto,sendmsg";

if (noTrace !== null) console.warn(`SKIPPED: the trace of fsync (${noTrace})`);
const traced = noTrace === null ? it : it.skip;

describe(`no 201 leaves before its comment is on the disk${noTrace === null ? "" : ` (skipped: ${noTrace})`}`, () => {
  traced(
    "as the trace of the server's system calls shows",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "antiphon-"));
      const log = join(folder, "trace");
      const server = await startServer({ MODERATION: "open" });
      const post = await makePost(server);
      const { detach } = await attach(server.pid, "-e", CALLS, "-s", "60", "-o", log);
      for (let n = 0; n < 40; n++) {
        const answer = await tryPost(server, post, `Comment ${n}`);
        expect(answer?.status).toBe(201);
      }
      await detach();
      const verdict = judge(await readFile(log, "utf8"));
      await rm(folder, { recursive: true });
      expect(verdict).toMatchObject({ requests: 40, acknowledged: 40, early: [] });
      expect(verdict.fsyncs).toBeGreaterThanOrEqual(40);
    },
    60_000,
  );
});

describe("the judge of the trace", () => {
  const request = '7 read(24, "POST /api/comments/1 HTTP/1.1\\r\\n"..., 65536) = 200';
  const fsync = "7 fsync(21) = 0";
  const created = '7 writev(24, [{iov_base="HTTP/1.1 201 Created\\r\\n"..., iov_len=300}], 2) = 500';
  const begun = "8 fdatasync(21 <unfinished ...>";
  const ended = "8 <... fdatasync resumed>) = 0";

  it.each([
    ["an fsync between request and answer is well", [request, fsync, created], 0],
    ["an answer before its fsync is early", [request, created, fsync], 1],
    ["an answer without an fsync is early", [request, created], 1],
    ["the fsync of the request before is none", [request, fsync, created, request, created], 1],
    ["an fsync that failed is none", [request, "7 fsync(21) = -1 EIO (Input/output error)", created], 1],
    ["an fsync of another thread that has ended is well", [request, begun, ended, created], 0],
    ["an fsync of another thread that goes on is none", [request, begun, created, ended], 1],
    ["an fsync that began before the request is none", [begun, request, ended, created], 1],
  ])("%s", (_name, lines, early) => {
    const verdict = judge(lines.join("\n"));
    expect(verdict.early).toHaveLength(early);
    expect(verdict.requests).toBe(lines.filter((line) => line === request).length);
  });

  it("looks at what was held back, too", () => {
    expect(judge([request, created.replace("201 Created", "202 Accepted")].join("\n")).early).toHaveLength(1);
  });
});
