import { makeRandom } from "./random.mjs";
import { write } from "./write.mjs";

export const COMMENT = "Thank you, this *saved* me an afternoon.";

/** How many comments a thread has. */
export const THREAD = 50;

/**
 * Posts with a thread each, the first one's id 1; where `long` is given, the last one's thread has `long` comments for
 * each of the others'. The comments came in turns, one on each post and some on the long one: those of one thread lie
 * as far apart in the file as they can. `rounds`: how many turns. Returns the files.
 */
export function writeThreads(folder, { posts, long = 0, rounds = THREAD }) {
  const all = long > 0 ? posts + 1 : posts;
  return [
    write(folder, "posts.jsonl", titles(all)),
    write(folder, "comments.jsonl", comments(posts, long, rounds)),
  ];
}

function* titles(count) {
  for (let id = 1; id <= count; id++) yield { id, title: `Post ${id}` };
}

function* comments(posts, long, rounds) {
  const begin = Date.UTC(2020, 0, 1);
  let n = 0;
  const comment = (post) => ({
    post,
    author: `Reader ${n % 500}`,
    comment: `${COMMENT}\n\n${String(n).padStart(7, "0")}`,
    createdAt: new Date(begin + n++ * 60_000).toISOString(),
  });
  for (let round = 0; round < rounds; round++) {
    for (let post = 1; post <= posts; post++) yield comment(post);
    for (let more = 0; more < long; more++) yield comment(posts + 1);
  }
}

/** The paths of threads of 50 at random, post 1's left out; the same ones on every run. */
export function randomThreads(posts, count = 5000) {
  const random = makeRandom(3);
  return Array.from({ length: count }, () => `/api/comments/${2 + Math.floor(random() * (posts - 1))}`);
}
