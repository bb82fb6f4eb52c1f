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
