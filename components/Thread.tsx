import { Comment, type Place } from "@/components/Comment";
import { type Nested, nest } from "@/components/thread/nest";
import type { ShownComment } from "@/lib/thread";

interface Props {
  comments: ShownComment[];
  place: Place;
  onReply: (target: { id: number; author: string }) => void;
}

/** Comments in order of time, as nested lists. */
export function Thread({ comments, place, onReply }: Props) {
  const authors = new Map(comments.map(({ id, author }) => [id, author]));
  const list = (nodes: Nested<ShownComment>[]) => (
    <ol className="thread">
      {nodes.map(({ comment, answers, replies }) => (
        <li key={comment.id}>
          <Comment
            comment={comment}
            place={place}
            answers={answers === null ? null : { id: answers, author: authors.get(answers) ?? null }}
            onReply={onReply}
          />
          {replies.length > 0 && list(replies)}
        </li>
      ))}
    </ol>
  );
  return list(nest(comments));
}
