/*
 * The colours, of twelve hues in the order of the wheel, worked out in OKLCH so that none stands out: grounds of one middle
 * lightness, which are seen on light pages and on dark ones, and two lighter rows for what is drawn on them.
 */
const GROUNDS = "af4855 ae4d2e a7610c 4a7f24 098356 107f7a 007b98 2172b9 5965bc 7b59b1 974e96 a74877".split(
  " ",
);
const PALE = "ffe4e5 fee5dd fde7d4 d9f6ca c6f9dc b9faf5 cff2ff dfedfc e6eafc eee7fd fee0fd ffe2ee".split(" ");
const BRIGHT = "ffc2c5 fec5b3 f5d078 b3e698 8decba 6bede5 8fe2ff b5d8fe c8d2fd dbcaff feb9fb ffbfda".split(
  " ",
);

/** Half the side of the picture. All lengths are whole numbers in its units, which is finer than any screen. */
const HALF = 250;
/** The whole turn. */
const ROUND = 2 * Math.PI;

/** What a flower is made of: so many petals, from the middle to `reach`, each `half` as wide, the first at `turn`. */
interface Flower {
  count: number;
  turn: number;
  reach: number;
  half: number;
}

/** A point of a petal, as if the petal lay along the x axis; where it is turned to, as a path writes it. */
type Place = (x: number, y: number) => string;

/** The outline of one petal. */
type Petal = (place: Place, flower: Flower) => string;

const leaf: Petal = (at, { reach, half }) =>
  `M0 0Q${at(reach * 0.55, -half * 1.7)} ${at(reach, 0)}Q${at(reach * 0.55, half * 1.7)} 0 0`;

const drop: Petal = (at, { reach, half }) =>
  `M0 0L${at(reach - half, -half)}A${Math.round(half)} ${Math.round(half)} 0 0 1 ${at(reach - half, half)}z`;

const kite: Petal = (at, { reach, half }) =>
  `M0 0L${at(reach * 0.6, -half)} ${at(reach, 0)} ${at(reach * 0.6, half)}z`;

/** One point of a star, and the two inner corners beside it. */
const point: Petal = (at, { count, reach, half }) => {
  const inner = reach * 0.4 + half * 0.25;
  const [x, y] = [inner * Math.cos(Math.PI / count), inner * Math.sin(Math.PI / count)];
  return `M0 0L${at(x, -y)} ${at(reach, 0)} ${at(x, y)}z`;
};

/** Two that are lines with round ends, so as thick as they are wide. */
const dot: Petal = (at, { reach, half }) => `M${at(reach - half, 0)}h0`;
const ray: Petal = (at, { reach, half }) => `M0 0L${at(reach - half, 0)}`;

const LINES: Petal[] = [dot, ray];

/** Each kind of petal, the fewest of it, how many more there may be, and how much of the room around them they fill. */
const KINDS = [
  { petal: leaf, fewest: 3, more: 6, fill: 0.6 },
  { petal: drop, fewest: 3, more: 6, fill: 0.62 },
  { petal: kite, fewest: 4, more: 5, fill: 0.6 },
  { petal: point, fewest: 5, more: 5, fill: 0.6 },
  { petal: dot, fewest: 5, more: 5, fill: 0.5 },
  { petal: dot, fewest: 4, more: 4, fill: 0.78 },
  { petal: ray, fewest: 5, more: 5, fill: 0.34 },
];

/**
 * A flower of three colours, from 16 hexadecimal digits: the same seed, the same picture. It fills a square, whose corners
 * a page may cut off, and stands out from light and dark pages.
 */
export function drawAvatar(seed: string): string {
  const choose = chooser(seed);
  const hue = choose(GROUNDS.length);
  const ground = GROUNDS[hue];
  // A neighbour's pale shade goes with every ground, and the bright one from across the wheel sets the middle off.
  const pale = PALE[(hue + 10 + choose(5)) % PALE.length];
  const bright = BRIGHT[(hue + 3 + choose(7)) % BRIGHT.length];
  const { petal, fewest, more, fill } = KINDS[choose(KINDS.length)] ?? {
    petal: leaf,
    fewest: 5,
    more: 1,
    fill: 1,
  };
  const count = fewest + choose(more);
  const middle = choose(4);
  const reach = 190 + choose(16) * 1.5;
  const room = Math.min(95, (Math.PI * reach) / count) * fill;
  const flower = {
    count,
    turn: ((choose(48) / 48) * ROUND) / count,
    reach,
    half: room * (0.86 + choose(16) * 0.014),
  };
  const paint = LINES.includes(petal)
    ? `stroke="#${pale}" stroke-width="${Math.round(flower.half * 2)}" stroke-linecap="round"`
    : `fill="#${pale}"`;
  const inside = ["", circle(38, ground), circle(62, bright), circle(62, bright) + circle(26, ground)][
    middle
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-${HALF} -${HALF} 500 500" width="96" height="96"><path fill="#${ground}" d="M-${HALF}-${HALF}h500v500h-500z"/><path ${paint} d="${toPath(petal, flower)}"/>${inside}</svg>\n`;
}

/** Takes a seed apart: a number below `n`, each time of other digits of it. */
function chooser(seed: string): (n: number) => number {
  let rest = BigInt(`0x${seed}`);
  return (n) => {
    const chosen = Number(rest % BigInt(n));
    rest /= BigInt(n);
    return chosen;
  };
}

function toPath(petal: Petal, flower: Flower): string {
  const angles = Array.from({ length: flower.count }, (_, n) => flower.turn + (n * ROUND) / flower.count);
  return angles.map((angle) => petal(turned(angle), flower)).join("");
}

function turned(angle: number): Place {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => {
    const [left, top] = [Math.round(x * cos - y * sin), Math.round(x * sin + y * cos)];
    // A minus keeps them apart as well as a space does.
    return top < 0 ? `${left}${top}` : `${left} ${top}`;
  };
}

function circle(radius: number, colour: string | undefined): string {
  return `<circle r="${radius}" fill="#${colour}"/>`;
}
