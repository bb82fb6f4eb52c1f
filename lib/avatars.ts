const CELLS = 5;
const UNIT = 16;

/**
 * A symmetric pattern of squares in one colour, from 16 hexadecimal digits: the same seed, the same picture.
 * It is legible on light and dark ground.
 */
export function drawAvatar(seed: string): string {
  const bits = BigInt(`0x${seed}`);
  const hue = Number(bits % 360n);
  const squares: string[] = [];
  for (let cell = 0; cell < CELLS * 3; cell++) {
    if (((bits >> BigInt(cell + 9)) & 1n) === 0n) continue;
    const column = Math.floor(cell / CELLS);
    const y = (cell % CELLS) * UNIT;
    for (const x of new Set([column, CELLS - 1 - column]))
      squares.push(`M${x * UNIT} ${y}h${UNIT}v${UNIT}h-${UNIT}z`);
  }
  const side = (CELLS + 1) * UNIT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 ${side} ${side}" width="${side}" height="${side}"><rect x="-8" y="-8" width="${side}" height="${side}" fill="hsl(${hue} 45% 90%)"/><path fill="hsl(${hue} 55% 42%)" d="${squares.join("")}"/></svg>\n`;
}
