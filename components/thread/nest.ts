/** How many levels of replies stand to the right of each other; deeper ones stay in line with their parents. */
export const MAX_INDENT = 5;

interface Placed {
  id: number;
  parent: number | null;
}

/** A comment with the list of replies below it. `answers`: the parent, where its place does not show it. */
export interface Nested<T extends Placed> {
  comment: T;
  answers: number | null;
  replies: Nested<T>[];
}

/**
 * A list in which parents stand before their replies, as a tree no deeper than `MAX_INDENT`. What is deeper, or
 * answers a comment that is not in the list, names its parent in `answers`.
 */
export function nest<T extends Placed>(comments: T[]): Nested<T>[] {
  const top: Nested<T>[] = [];
  const places = new Map<number, { node: Nested<T>; siblings: Nested<T>[]; level: number }>();
  for (const comment of comments) {
    const parent = comment.parent === null ? undefined : places.get(comment.parent);
    const deeper = parent !== undefined && parent.level < MAX_INDENT;
    const node: Nested<T> = { comment, answers: deeper ? null : comment.parent, replies: [] };
    const siblings = parent === undefined ? top : deeper ? parent.node.replies : parent.siblings;
    siblings.push(node);
    places.set(comment.id, { node, siblings, level: (parent?.level ?? 0) + (deeper ? 1 : 0) });
  }
  return top;
}
