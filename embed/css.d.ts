/** A style sheet that the element imports is its text (cli/element.mjs). */
declare module "*.css" {
  const text: string;
  export default text;
}
