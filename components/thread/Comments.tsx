import { Comment } from "@/components/thread/Comment";
import type { Nested } from "@/components/thread/nest";
import type { Place, ThreadComment } from "@/components/thread/place";

interface Props {
  nodes: Nested<ThreadComment>[];
  place: Place;
  /** The author of a comment, where that is known. */
  authorOf: (id: number) => string | null;
}

/** Comments as nested lists. */
export function Comments({ nodes, place, authorOf }: Props) {
  return (
    <ol className="comments">
      {nodes.map((node) => (
        <Item key={node.comment.id} node={node} place={place} authorOf={authorOf} />
      ))}
    </ol>
  );
}

/** One comment with the list of its replies. */
function Item({ node, place, authorOf }: Omit<Props, "nodes"> & { node: Nested<ThreadComment> }) {
  const { comment, answers, replies } = node;
  return (
    <li>
      <Comment
        comment={comment}
        place={place}
        answers={answers === null ? null : { id: answers, author: authorOf(answers) }}
      />
      {replies.length > 0 && <Comments nodes={replies} place={place} authorOf={authorOf} />}
      <More comment={comment} place={place} />
    </li>
  );
}

/** The way to the replies that are not here. */
function More({ comment: { id, author }, place }: { comment: ThreadComment; place: Place }) {
  const more = place.more(id);
  return (
    more && (
      <p className="more">
        <a href={more.href} data-act="more" data-of={id}>
          {place.t("moreReplies", { count: more.count })}
          <span className="unseen"> ({author})</span>
        </a>
      </p>
    )
  );
}
