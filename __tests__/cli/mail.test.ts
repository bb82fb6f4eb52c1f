import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { startMailServer } from "@/__tests__/support/mailServer";
import { mailing } from "@/__tests__/support/mails";

const entry = join(__dirname, "..", "..", "dist", "mail.js");

/** What `npm run mail` runs, to its end. */
async function mail(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { NODE_ENV: "production", PATH: process.env.PATH, __NEXT_PROCESSED_ENV: "true", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const [code]: (number | null)[] = await once(child, "close");
  return { code, out, err };
}

describe("npm run mail", () => {
  it("sends a message and says that the mail server took it", async () => {
    const server = await startMailServer();
    const { code, out, err } = await mail(["ada@example.org"], mailing(server));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`127.0.0.1:${server.port} took the message`);
    expect(server.arrived).toMatchObject([{ to: ["ada@example.org"] }]);
  });

  it("says what to mend where it did not go through, without the password", async () => {
    const login = { user: "blog", pass: "right-password" };
    const server = await startMailServer({ login });
    const refused = await mail(["ada@example.org"], {
      ...mailing(server),
      SMTP_URL: server.url.replace("right", "wrong"),
    });
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("(EAUTH 535): it did not take user and password");
    expect(refused.err).not.toContain("wrong-password");
    server.behaviour = { refuse: 554, at: "rcpt" };
    const rejected = await mail(["ada@example.org"], mailing(server));
    expect(rejected.err).toContain("look at MAIL_FROM, and at the address");
    await server.stop();
    const gone = await mail(["ada@example.org"], mailing(server));
    expect(gone.err).toContain("it could not be reached");
    for (const { err } of [refused, rejected, gone]) expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("wants settings and an address", async () => {
    expect((await mail(["ada@example.org"])).err).toContain("No mail is set up");
    expect((await mail(["--help"])).out).toContain("Usage");
    expect(await mail([])).toMatchObject({ code: 2 });
    const server = await startMailServer();
    expect((await mail(["ada"], mailing(server))).err).toBe("ada is not an e-mail address.\n");
    expect(await mail(["--wrong"])).toMatchObject({ code: 1, out: "" });
  });
});
