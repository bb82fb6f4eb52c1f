declare global {
  /** One for the process: Next's bundles and server.ts have each their own copy of this module. */
  var antiphonCacheCounters: Counters | undefined;
}

/** What the response cache has done since the process began. */
interface Counters {
  /** Answered from what was kept, nothing asked. */
  hits: number;
  /** Answered from what was kept, after the origin said that it is still so. */
  revalidated: number;
  /** Made anew, and kept. */
  misses: number;
  /** Answered with what another request was just having made. */
  collapsed: number;
  /** Not for the cache: personal, or no read, or not to be kept. */
  passed: number;
  /** What is kept now. */
  bytes: number;
  resources: number;
}

globalThis.antiphonCacheCounters ??= {
  hits: 0,
  revalidated: 0,
  misses: 0,
  collapsed: 0,
  passed: 0,
  bytes: 0,
  resources: 0,
};

export const counters: Counters = globalThis.antiphonCacheCounters;
