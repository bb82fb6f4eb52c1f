import type { Comment } from "@/db/store";

export interface Modelled {
  id: number;
  post: number;
  parent: Modelled | null;
  status: Comment["status"];
  /** Whether a moderator could bring it back. */
  trashed: boolean;
  text: string;
  votes: Map<string, 1 | -1>;
  /** When each reporter reported, as a minute. */
  reports: Map<string, number>;
  /** Reporters on whom a moderator has decided. */
  settled: Set<string>;
  edited: number;
}

/** What a thread should look like, worked out anew each time from nothing but the comments themselves. */
export class Model {
  readonly comments: Modelled[] = [];

  visible(comment: Modelled): boolean {
    return comment.status === "approved" || this.replies(comment) > 0;
  }

  replies(comment: Modelled): number {
    return this.comments.filter((other) => other.parent === comment && this.visible(other)).length;
  }

  open(comment: Modelled): number {
    return comment.reports.size - comment.settled.size;
  }

  /** Whether it becomes pending by this report. */
  report(comment: Modelled, reporter: string, minute: number, threshold: number): boolean {
    const before = comment.reports.get(reporter);
    if (comment.settled.has(reporter) && comment.edited <= (before ?? 0)) return false;
    if (before === undefined || comment.settled.delete(reporter)) comment.reports.set(reporter, minute);
    return this.open(comment) >= threshold;
  }

  queue(): Modelled[] {
    return this.comments.filter(
      (one) => one.status === "pending" || (one.status === "approved" && this.open(one) > 0),
    );
  }

  approved(post: number): number {
    return this.comments.filter((comment) => comment.post === post && comment.status === "approved").length;
  }

  thread(post: number) {
    return this.comments
      .filter((comment) => comment.post === post && this.visible(comment))
      .map((comment) => {
        const votes = [...comment.votes.values()];
        const shown = comment.status === "approved";
        return {
          id: comment.id,
          parent: comment.parent?.id ?? null,
          comment: shown ? comment.text : "",
          status: shown ? "approved" : "deleted",
          replies: this.replies(comment),
          votes: {
            up: votes.filter((vote) => vote === 1).length,
            down: votes.filter((vote) => vote === -1).length,
          },
        };
      });
  }
}
