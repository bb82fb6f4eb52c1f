import { makeRandom } from "./random.mjs";
import { write } from "./write.mjs";

/**
 * `size` comments of some forty words each, which are as unevenly common as those of a language (Zipf): `the` is in
 * nearly all, `archive` and `garden` in many, `quetzal` in ten. The same ones on every run. Returns the files.
 */
export function writeLibrary(folder, size) {
  const words = makeWords(20_000, { 1: "the", 100: "archive", 150: "garden" });
  const random = makeRandom(7);
  const pick = () => words[Math.floor(words.length ** random()) - 1];
  const sentence = (length) => Array.from({ length }, pick).join(" ");
  const posts = Array.from({ length: 100 }, (_, n) => ({
    title: `Chapter ${n + 1}`,
    content: sentence(300),
  }));
  const comments = Array.from({ length: size }, (_, n) => ({
    post: 1 + Math.floor(random() * posts.length),
    author: `Reader ${n % 500}`,
    comment: `${sentence(10 + Math.floor(random() * 60))}${n % (size / 10) === 0 ? " quetzal" : ""}.`,
  }));
  return [write(folder, "posts.jsonl", posts), write(folder, "comments.jsonl", comments)];
}

/** Made-up words, the commonest first; `known` has the rank of real ones. */
function makeWords(count, known) {
  const random = makeRandom(1);
  const [starts, ends] = [
    "b c d f g h k l m n p r s t v w".split(" "),
    "a e i o u an er in or us".split(" "),
  ];
  const syllable = () =>
    starts[Math.floor(random() * starts.length)] + ends[Math.floor(random() * ends.length)];
  return Array.from({ length: count }, (_, rank) => {
    const syllables = 1 + Math.floor(Math.log10(rank + 1) * 0.7 + random());
    return known[rank + 1] ?? Array.from({ length: syllables }, syllable).join("");
  });
}
