import { beforeAll, describe, expect, it } from "@jest/globals";
import { elements } from "@/__tests__/support/html";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";

describe("with IMAGES=on", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ IMAGES: "on" });
  });

  const preview = async (comment: string): Promise<string> =>
    (await request(server.url).post("/api/preview").send({ comment }).expect(200)).body.html;

  it("a comment shows an image, which loads late and tells its host nothing of the page", async () => {
    const [, image] = elements(await preview('![A cat](https://a.example/cat.png "Tom")'));
    expect(image).toMatchObject({
      name: "img",
      attributes: {
        src: "https://a.example/cat.png",
        alt: "A cat",
        title: "Tom",
        loading: "lazy",
        referrerpolicy: "no-referrer",
      },
    });
  });

  it.each([
    "http://a.example/x.png",
    "data:image/png;base64,AAAA",
    "data:image/svg+xml,<svg>",
    "javascript:alert(1)",
    "//a.example/x.png",
  ])("an image from %s has no source", async (address) => {
    for (const { name, attributes } of elements(await preview(`![x](${address})`))) {
      expect(["p", "img"]).toContain(name);
      expect(attributes).not.toHaveProperty("src");
    }
  });

  it("raw HTML stays text", async () => {
    const html = await preview("<img src=https://a.example/x.png onerror=alert(1)>");
    expect(elements(html).map(({ name }) => name)).not.toContain("img");
  });
});
