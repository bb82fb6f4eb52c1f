import type { GetServerSidePropsContext } from "next";
import type { Page } from "@/db/port/base";
import type { PostHead } from "@/db/port/posts";
import type { Store, TreeQuery, TreeRow } from "@/db/store";
import { ANONYMOUS } from "@/lib/authors";
import { fromCursor, keyOf, toCursor } from "@/lib/http/page";
import { readIdParameter, readParameter } from "@/lib/http/serverSide";
import { commentShape, type PublicComment } from "@/lib/schemas/comments";
import type { sort as sortShape } from "@/lib/schemas/queries";

type Sort = ReturnType<typeof sortShape.parse>;

/** How many comments that answer nothing a page shows, and how many it shows at all. */
const PART = 50;
const BUDGET = 150;

/** A part of a thread as a page shows it, with what its form is about. It can be written as JSON. */
export interface ShownThread {
  total: number;
  open: boolean;
  sort: Sort;
  /** Parents before their replies. */
  comments: PublicComment[];
  /** The cursor of the part that follows; null at the end. */
  next: string | null;
  /** Whether the thread begins here. */
  start: boolean;
  /** The comment whose replies alone are here; null: all that is there. */
  parent: number | null;
  /** By the ids of comments: how many replies are not here, and the cursor that leads to them. */
  more: Record<string, { count: number; cursor: string | null }>;
  /** Whom the form answers. */
  replyTo: { id: number; author: string } | null;
  /** The comment that the form reports. */
  report: { id: number; author: string } | null;
}

/** A page's thread that nobody has written in. */
export const NOTHING_YET: ShownThread = {
  total: 0,
  open: true,
  sort: "oldest",
  comments: [],
  next: null,
  start: true,
  parent: null,
  more: {},
  replyTo: null,
  report: null,
};

/** The part of the post's thread that the page's address asks for: `sort`, `cursor`, `parent`, `at`, `reply`, `edit`, `report`. */
export async function readThreadPage(
  context: GetServerSidePropsContext,
  kept: Store,
  post: PostHead,
  base: string,
): Promise<ShownThread> {
  const asked = readParameter(context, "sort");
  const sort = asked === "newest" || asked === "top" ? asked : "oldest";
  const [reply, edit, report, at] = ["reply", "edit", "report", "at"].map((name) =>
    readIdParameter(context, name),
  );
  const parent = readIdParameter(context, "parent") ?? null;
  const kind = sort === "top" && parent === null ? "score" : "time";
  const after = fromCursor(kind, readParameter(context, "cursor"));
  const first: TreeQuery = {
    post,
    after,
    limit: PART,
    view: "public",
    base,
    sort: parent === null ? sort : "oldest",
    parent,
    budget: BUDGET,
  };
  const target = after === undefined && parent === null ? (reply ?? edit ?? report ?? at) : undefined;
  const { page, start } = await readPart(kept, first, target);
  const last = page.rows[page.top - 1];
  return {
    total: post.comments,
    open: post.commentsOpen,
    sort,
    comments: page.rows.map(({ json }) => commentShape.parse(JSON.parse(json))),
    next: page.more && last ? toCursor(kind, keyOf(kind, last)) : null,
    start: start && after === undefined && parent === null,
    parent,
    more: toMore(page.rows),
    replyTo: reply === undefined ? null : await findNamed(kept, post, reply),
    report: report === undefined ? null : await findNamed(kept, post, report),
  };
}

/** The part that holds the comment `target`: the first one where it is in that, else one that begins above it. */
async function readPart(
  kept: Store,
  first: TreeQuery,
  target: number | undefined,
): Promise<{ page: Page<TreeRow> & { top: number }; start: boolean }> {
  const page = await kept.comments.tree(first);
  if (target === undefined || page.rows.some(({ id }) => id === target)) return { page, start: true };
  const other = await kept.comments.tree({ ...first, at: target });
  return { page: other, start: other.rows[0]?.id === page.rows[0]?.id };
}

function toMore(rows: TreeRow[]): ShownThread["more"] {
  const children = new Map<number | null, TreeRow[]>();
  for (const row of rows) children.set(row.parent, [...(children.get(row.parent) ?? []), row]);
  return Object.fromEntries(
    rows.flatMap((row) => {
      const here = children.get(row.id) ?? [];
      const last = here.findLast(({ apart }) => !apart);
      const count = row.replies - here.length;
      return count > 0
        ? [[row.id, { count, cursor: last ? toCursor("time", keyOf("time", last)) : null }]]
        : [];
    }),
  );
}

/** A comment that can be answered or reported, with its author's name; null where it is not there. */
async function findNamed(
  kept: Store,
  post: PostHead,
  id: number,
): Promise<{ id: number; author: string } | null> {
  const json = await kept.comments.json(id, "public", "");
  const comment = json === null ? null : commentShape.parse(JSON.parse(json));
  if (comment?.post !== post.id || comment.status !== "approved") return null;
  return { id, author: comment.author || ANONYMOUS };
}
