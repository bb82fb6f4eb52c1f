import { isIPv4 } from "node:net";
import { z } from "zod";

/** The SMTP server that messages are handed to, as SMTP_URL names it. */
export interface MailServer {
  host: string;
  port: number;
  /** `first`: the connection begins with TLS; `required`: STARTTLS or nothing is sent; `off`: in the clear. */
  tls: "first" | "required" | "off";
  login: { user: string; pass: string } | null;
}

/** Who messages are from. */
export interface Sender {
  name: string;
  address: string;
}

const SCHEMES = new Map([
  ["smtp:", { port: 587, tls: "required" }],
  ["smtps:", { port: 465, tls: "first" }],
] as const);

/** Reads SMTP_URL. What is wrong with it is said without a part of it: there is a password inside. */
export const mailServer = z.string().transform((text, context): MailServer => {
  const refuse = (message: string) => {
    context.issues.push({ code: "custom", message, input: "" });
    return z.NEVER;
  };
  const shape =
    "must be an address such as smtp://user:password@mail.example:587 or smtps://user:password@mail.example";
  if (!URL.canParse(text)) return refuse(`${shape}, with special characters in it percent-encoded`);
  const { protocol, hostname, port, pathname, search, hash, username, password } = new URL(text);
  const scheme = protocol === "smtp:" || protocol === "smtps:" ? SCHEMES.get(protocol) : undefined;
  if (!scheme || hostname === "" || hash !== "" || !/^\/?$/.test(pathname)) return refuse(shape);
  if (search !== "" && search !== "?tls=off") return refuse("takes no parameter but tls=off");
  if (search !== "" && protocol === "smtps:") return refuse("must begin with smtp:// to have tls=off");
  const user = decode(username);
  const pass = decode(password);
  if (user === null || pass === null || /\p{Cc}/u.test(user + pass) || (user === "") !== (pass === ""))
    return refuse(
      "must have both a user and a password or neither, with special characters in them percent-encoded",
    );
  const host = hostname.replace(/^\[|\]$/g, "");
  const clear = scheme.tls === "required" && (search !== "" || isHere(host));
  return {
    host,
    port: port === "" ? scheme.port : Number(port),
    tls: clear ? "off" : scheme.tls,
    login: user === "" ? null : { user, pass },
  };
});

/** Reads MAIL_FROM: an address, or a name and an address. */
export const sender = z.string().transform((text, context): Sender => {
  const parts = /^(?:"?([^"<>\\\p{Cc}]*?)"?\s*<([^<>]*)>|([^<>]*))$/u.exec(text);
  const address = parts?.[2] ?? parts?.[3] ?? "";
  if (isAddress(address)) return { name: parts?.[1]?.trim() ?? "", address };
  context.issues.push({
    code: "custom",
    message: "must be an address such as comments@blog.example, or Blog <comments@blog.example>",
    input: text,
  });
  return z.NEVER;
});

/** Whether `text` is one plain address to which mail can go: nothing that a header or SMTP would read otherwise. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && z.email().safeParse(text).success && /^[^\s<>(),;:\\"[\]\p{Cc}]+$/u.test(text);
}

function isHere(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
