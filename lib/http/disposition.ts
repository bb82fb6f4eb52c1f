/**
 * A Content-Disposition (RFC 6266): `inline` or `attachment`, and the name to save under, in ASCII and, where it has
 * more than that, in UTF-8 (RFC 8187).
 */
export function disposition(kind: "inline" | "attachment", filename: string): string {
  const plain = filename.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const extended = encodeURIComponent(filename).replace(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"${plain === filename ? "" : `; filename*=UTF-8''${extended}`}`;
}
