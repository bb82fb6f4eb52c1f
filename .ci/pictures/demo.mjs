/** What the pictures show: a small blog and its readers, as the lines of an export (docs/api.md), which never change. */
import { createHash } from "node:crypto";

const day = (n, time) => `2026-05-${String(n).padStart(2, "0")}T${time}:00.000Z`;

const posts = [
  {
    slug: "a-year-of-swifts",
    title: "A year of swifts",
    category: "birds",
    content:
      "They came back on the **third of May**, two days later than last year, and the first thing they did was to look into the box under the eaves, as if to see whether we had kept it clean.\n\nWe had not. By evening a pair had moved in all the same.\n\n> A swift that leaves the nest in July may not touch anything again for two years.\n\nThe counts of all twelve evenings are below; who keeps some of their own is welcome to add them.",
    at: day(4, "06:30"),
  },
  {
    slug: "what-the-pond-froze-over",
    title: "What the pond froze over",
    category: "water",
    content:
      "Under eleven centimetres of ice there is more going on than above it. I lowered a jar through the hole that the *herons* keep open.",
    at: day(2, "17:05"),
  },
];

const people = [
  "Ines Aldana",
  "Tobias Wren",
  "María José",
  "Noor",
  "Kit",
  "Old Harald",
  "Yuki Tanabe",
  "Femi",
];
const [ines, tobias, maria, noor, kit, harald, yuki, femi] = people;

/** Author, day, time, the one that is answered (by its place in the list, from 1), votes, text. */
const comments = [
  [
    tobias,
    4,
    "08:12",
    null,
    7,
    "Ours are not back yet, forty kilometres further north. Did you see whether they roost in the box, or only *look*? We put up a second one last autumn, with the entrance towards the east.",
  ],
  [
    ines,
    4,
    "08:40",
    1,
    3,
    "They roost. You hear them before you see them: a sort of **rattle** from behind the wood at dusk.",
  ],
  [tobias, 4, "09:02", 2, 0, "Then ours has been lived in for years, and I took it for the gutter."],
  [
    yuki,
    4,
    "11:26",
    null,
    12,
    "Twelve evenings of counting, from the roof of the library:\n\n| Week | Evenings | Most at once |\n| --- | --- | --- |\n| 18 | 5 | 14 |\n| 19 | 7 | 31 |\n\nThe jump came with the warm wind on the ninth.",
  ],
  [
    noor,
    4,
    "12:03",
    4,
    2,
    "31! How do you count them? Mine cross over all the time, and after twenty I begin again.",
  ],
  [
    yuki,
    4,
    "12:31",
    5,
    5,
    "I don't: I take a picture every ten seconds, and count on the screen. `ffmpeg -r 0.1` does it.",
  ],
  [
    harald,
    5,
    "06:15",
    null,
    4,
    "Clean the box in *September*, not in spring. They need the old nest: it is glued with two years of spit.",
  ],
  [maria, 5, "19:48", 7, 1, "¡Gracias! Nobody had told me that in ten years."],
  [
    femi,
    6,
    "07:20",
    null,
    2,
    "A recording of the call, for the box's first weeks: <https://swifts.example/calls>. It took us three summers, and then it took one morning.",
  ],
  [kit, 6, "21:10", 9, 0, "Three summers! Thank you, that helps me to wait."],
];

/** The export, whole. */
export function demo() {
  const lines = [
    line({
      type: "user",
      id: 1,
      name: ines,
      email: null,
      profession: null,
      website: null,
      role: "author",
      notify: "off",
      createdAt: day(1, "08:00"),
      importKey: null,
    }),
    ...posts.map(({ slug, title, category, content, at }, index) =>
      line({
        type: "post",
        id: index + 1,
        slug,
        url: null,
        title,
        content,
        author: ines,
        user: 1,
        category,
        commentsOpen: true,
        own: true,
        closing: "open",
        createdAt: at,
        updatedAt: at,
        importKey: null,
      }),
    ),
    ...comments.map(([author, on, time, parent, , comment], index) =>
      line({
        type: "comment",
        id: index + 1,
        post: 1,
        parent,
        author,
        website: null,
        email: null,
        user: author === ines ? 1 : null,
        role: author === ines ? "author" : null,
        comment,
        editedAt: null,
        pinned: false,
        vetted: false,
        reasons: [],
        status: "approved",
        createdAt: day(on, time),
        deletedBy: null,
        importKey: null,
        trash: null,
      }),
    ),
    ...comments.flatMap(([, on, time, , votes], index) =>
      Array.from({ length: votes }, () =>
        line({ type: "vote", comment: index + 1, by: null, value: 1, votedAt: day(on, time) }),
      ),
    ),
  ];
  const first = line({
    type: "site",
    format: 1,
    version: "0.1.0",
    exportedAt: day(7, "00:00"),
    url: null,
  });
  const counts = {};
  for (const { type } of lines.map((text) => JSON.parse(text))) counts[type] = (counts[type] ?? 0) + 1;
  const end = line({
    type: "end",
    counts,
    lastIds: { posts: posts.length, comments: comments.length, users: 1 },
    sha256: createHash("sha256").update(lines.join("")).digest("hex"),
  });
  return [first, ...lines, end].join("");
}

function line(members) {
  return `${JSON.stringify(members)}\n`;
}
