/**
 * Whether a reader would see anything of a text: white space and characters without a shape (zero-width ones, marks
 * of direction, blank fillers of Hangul and Braille) are nothing, alone or together.
 */
export function isVisible(text: string): boolean {
  return /[^\s\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\p{M}]/u.test(text);
}
