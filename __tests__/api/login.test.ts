import { beforeAll, describe, expect, test } from "@jest/globals";
import { client } from "../support/client";
import { addSignedIn } from "../support/people";
import { type Server, startServer } from "../support/server";

let server: Server;
const { get } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on" });
});

const textOf = (html: string) => html.replace(/<script.*?<\/script>/gs, "").replaceAll("<!-- -->", "");
const tagOf = (html: string, name: string) =>
  html.match(/<input[^>]*>/g)?.find((tag) => tag.includes(`name="${name}"`)) ?? "";

describe("the page /login", () => {
  test("is a form for who is not signed in, which nobody keeps", async () => {
    const { text, headers } = await get("/login?next=/posts/1%23respond").expect(200);
    const html = textOf(text);
    expect(html).toContain('action="/api/session"');
    expect(tagOf(html, "email")).toContain('autoComplete="username"');
    expect(tagOf(html, "password")).toContain('autoComplete="current-password"');
    expect(tagOf(html, "password")).toContain('type="password"');
    expect(tagOf(html, "next")).toContain('value="/posts/1#respond"');
    expect(headers["cache-control"]).toBe("private, no-store");
    expect(headers.vary).toContain("Cookie");
  });

  test("leads who is signed in on, to a page of this server", async () => {
    const { browser } = await addSignedIn(server);
    for (const [query, location] of [
      ["", "/"],
      ["?next=/posts/react-hooks", "/posts/react-hooks"],
      ["?next=//evil.example", "/"],
      ["?next=https://evil.example/", "/"],
      ["?next=/%5Cevil.example", "/"],
      ["?next=/.//evil.example", "/"],
      ["?next=/login", "/"],
      ["?next=/a&next=/b", "/"],
      ["?setup=x", "/"],
    ]) {
      const res = await get(`/login${query}`).set(browser).expect(307);
      expect([query, res.headers.location]).toEqual([query, location]);
      expect(res.headers["cache-control"]).toBe("private, no-store");
    }
  });

  test("says sentences of ours only, whatever a link asks for", async () => {
    const said = async (query: string) => textOf((await get(`/login?${query}`).expect(200)).text);
    expect(await said("error=sign_in_failed")).toContain("The e-mail address or the password is wrong.");
    expect(await said("error=rate_limited")).toContain("Too many requests; try again later.");
    expect(await said("error=%3Cb%3EYou+won&field=password")).not.toContain("You won");
    expect(await said("error=invalid_input&field=constructor")).toContain(
      "Something in the form is missing or can’t be read.",
    );
    expect(await said("setup=%22%3E%3Cscript%3E")).not.toContain('"><script>');
  });
});

describe("every page", () => {
  test("offers everybody else to sign in, and may be kept", async () => {
    const { text, headers } = await get("/posts/react-hooks?at=1").expect(200);
    expect(textOf(text)).toContain('href="/login?next=%2Fposts%2Freact-hooks%3Fat%3D1"');
    expect(textOf((await get("/")).text)).toContain('href="/login"');
    expect(headers["cache-control"]).toBe("public, max-age=0, must-revalidate");
    expect(headers.vary).toContain("Cookie");
  });

  test("says who is signed in and lets them out, and nobody keeps it", async () => {
    const { browser, email } = await addSignedIn(server, "author", "Lin & <b>");
    const { text, headers } = await get("/").set(browser).expect(200);
    expect(textOf(text)).toContain("<bdi>Lin &amp; &lt;b&gt;</bdi>");
    expect(textOf(text)).toContain("Sign out");
    expect(text).not.toContain(email);
    expect(headers["cache-control"]).toBe("private, no-store");
    expect(headers.vary).toContain("Cookie");
    // This page has no script of ours that would need to know; others do.
    const data = /"buildId":"([^"]+)"/.exec((await get("/posts").set(browser)).text)?.[1];
    const behind = await get(`/_next/data/${data}/index.json`).set(browser).expect(200);
    expect(behind.body.pageProps.visitor).toEqual({
      user: { id: expect.any(Number), name: "Lin & <b>", role: "author" },
    });
    expect(behind.headers["cache-control"]).toBe("private, no-store");
  });

  test("with a cookie that opens nothing shows what everybody sees, kept by nobody", async () => {
    const { text, headers } = await get("/").set("Cookie", "antiphon=stale").expect(200);
    expect(textOf(text)).toContain("Sign in");
    expect(headers["cache-control"]).toBe("private, no-store");
  });
});
