/** What a response cache has done so far. */
export class Counters {
  /** Answered from what was kept, nothing asked. */
  hits = 0;
  /** Answered from what was kept, after the handler said that it is still so. */
  revalidated = 0;
  /** Made anew, and kept. */
  misses = 0;
  /** Answered with what another request was just having made. */
  collapsed = 0;
  /** Answered by the handler, and not kept. */
  passed = 0;
}

/** How often answers of one kind were given out again. A hit pays for one of these numbers, and for nothing else. */
export class Hits {
  whole = 0;
  unchanged = 0;
  /** To HEAD, the same two. */
  head = 0;
  headUnchanged = 0;

  add(method: string | undefined, status: number): void {
    if (method === "HEAD") {
      if (status === 304) this.headUnchanged++;
      else this.head++;
    } else if (status === 304) this.unchanged++;
    else this.whole++;
  }
}
