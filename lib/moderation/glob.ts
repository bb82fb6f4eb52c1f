/**
 * Whether a glob fits the whole text, in any case: `*` stands for any characters, `?` for one. Goes back to the last
 * `*` only, so that no pattern can take longer than its length times that of the text.
 */
export function fits(glob: string, text: string): boolean {
  const [pattern, subject] = [glob.toLowerCase(), text.toLowerCase()];
  let [p, s, star, mark] = [0, 0, -1, 0];
  while (s < subject.length) {
    if (pattern[p] === "*") {
      star = p++;
      mark = s;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === subject[s])) {
      p++;
      s++;
    } else if (star >= 0) {
      p = star + 1;
      s = ++mark;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
