import { spawnSync } from "node:child_process";
import { SaxesParser } from "saxes";

/** An element of an XML document, with the namespaces of its names resolved. */
export interface Node {
  /** The local name, with `thr:` before it where it is of RFC 4685. */
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

const PREFIXES: Record<string, string> = {
  "": "",
  "http://www.w3.org/2005/Atom": "",
  "http://purl.org/syndication/thread/1.0": "thr:",
};

function prefixOf(uri: string): string {
  const prefix = PREFIXES[uri];
  if (prefix === undefined) throw new Error(`Nobody knows the namespace ${uri}`);
  return prefix;
}

/** The root of a document. Throws unless it is well-formed in all that XML 1.0 and its namespaces say. */
export function parseXml(text: string): Node {
  const parser = new SaxesParser({ xmlns: true });
  const root: Node = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => {
    throw new Error("A doctype");
  });
  parser.on("opentag", ({ local, uri, attributes }) => {
    const named = Object.values(attributes).filter(
      ({ prefix, name }) => prefix !== "xmlns" && name !== "xmlns",
    );
    const node: Node = {
      name: prefixOf(uri) + local,
      attributes: Object.fromEntries(named.map((one) => [prefixOf(one.uri) + one.local, one.value])),
      children: [],
      text: "",
    };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on("text", (more) => {
    const node = open.at(-1);
    if (node) node.text += more;
  });
  parser.on("closetag", () => open.pop());
  parser.write(text).close();
  const [document] = root.children;
  if (document === undefined) throw new Error("No element");
  return document;
}

/** The children of that name. */
export function all(node: Node, name: string): Node[] {
  return node.children.filter((child) => child.name === name);
}

/** The one child of that name. Throws where there is none, or more. */
export function only(node: Node, name: string): Node {
  const [first, ...more] = all(node, name);
  if (first === undefined || more.length > 0)
    throw new Error(`${1 + more.length} of ${name} in ${node.name}`);
  return first;
}

/** Why there is no xmllint here, or null. */
export const noXmllint = spawnSync("xmllint", ["--version"]).status === 0 ? null : "xmllint is not here";

/** What xmllint says against a document; "" where it is well-formed. */
export function lint(text: string): string {
  return spawnSync("xmllint", ["--noout", "--nonet", "-"], { input: text, encoding: "utf8" }).stderr;
}
