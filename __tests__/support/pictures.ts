import sharp, { type Sharp } from "sharp";

/** A small picture, half red and half blue, so that its orientation can be told. */
export function draw(width = 40, height = 20): Sharp {
  const half = { create: { width: width / 2, height, channels: 3 as const, background: "#f00" } };
  return sharp({ create: { width, height, channels: 3, background: "#00f" } }).composite([
    { input: half, left: 0, top: 0 },
  ]);
}

/** A GIF or WebP of three frames. */
export async function animate(format: "gif" | "webp"): Promise<Buffer> {
  const frames = ["#f00", "#0f0", "#00f"].map((background) =>
    sharp({ create: { width: 16, height: 16, channels: 3, background } })
      .png()
      .toBuffer(),
  );
  const roll = sharp(await Promise.all(frames), { join: { animated: true } });
  return roll.toFormat(format, { delay: [100, 200, 300], loop: 2 }).toBuffer();
}

/** A PDF of one empty page, as small as one can be. */
export const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`;
