/** A message as a mail program reads it (RFC 5322, 2045 and 2047), worked out apart from what wrote it. */
export interface Parsed {
  /** Each field in its order, with its name in lower case, unfolded and decoded. */
  fields: [name: string, value: string][];
  /** The value of the only field of that name; throws where there are none or several. */
  header(name: string): string;
  text: string;
  html: string;
  /** The types of all parts. */
  types: string[];
}

export function parseMessage(raw: string): Parsed {
  const { fields, body } = split(raw);
  const parts = leaves(fields, body);
  const of = (type: string) => parts.find((part) => part.type === type)?.content ?? "";
  return {
    fields,
    header: (name) => {
      const values = fields.filter(([known]) => known === name.toLowerCase());
      const [first] = values;
      if (first === undefined || values.length > 1) throw new Error(`${values.length} fields ${name}`);
      return first[1];
    },
    text: of("text/plain"),
    html: of("text/html"),
    types: parts.map(({ type }) => type),
  };
}

function split(raw: string): { fields: [string, string][]; body: string } {
  const end = raw.indexOf("\r\n\r\n");
  const head = raw.slice(0, end).replace(/\r\n(?=[ \t])/g, "");
  const fields = head.split("\r\n").map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
  });
  return { fields, body: raw.slice(end + 4) };
}

function leaves(fields: [string, string][], body: string): { type: string; content: string }[] {
  const fieldOf = (name: string) => fields.find(([known]) => known === name)?.[1] ?? "";
  const type = fieldOf("content-type").split(";", 1)[0]?.toLowerCase() ?? "";
  const boundary = /boundary="?([^";]+)/i.exec(fieldOf("content-type"))?.[1];
  if (boundary === undefined)
    return [{ type, content: decodeBody(fieldOf("content-transfer-encoding").toLowerCase(), body) }];
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1);
  return pieces.flatMap((piece) => {
    const part = split(piece.replace(/^\r\n/, ""));
    return leaves(part.fields, part.body);
  });
}

function decodeBody(encoding: string, body: string): string {
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (encoding === "quoted-printable")
    return decodeQuoted(body.replace(/=\r\n/g, "")).replaceAll("\r\n", "\n");
  return body.replaceAll("\r\n", "\n");
}

function decodeWords(text: string): string {
  return text.replace(/\?=\s+=\?/g, "?==?").replace(/((?:=\?utf-8\?[bq]\?[^?]*\?=)+)/gi, (words) => {
    const bytes = [...words.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi)].map(([, how = "", word = ""]) =>
      how.toLowerCase() === "b"
        ? Buffer.from(word, "base64")
        : Buffer.from(decodeQuoted(word.replaceAll("_", " ")), "utf8"),
    );
    return Buffer.concat(bytes).toString("utf8");
  });
}

function decodeQuoted(text: string): string {
  const bytes = text.replace(/[^\0-\x7f]/g, (character) =>
    encodeURIComponent(character).replaceAll("%", "="),
  );
  return Buffer.from(
    bytes.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");
}
