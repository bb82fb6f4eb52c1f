import { availableParallelism } from "node:os";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { StartError } from "@/db/errors";
import { LANGUAGES, readLanguage } from "@/lib/languages";
import { mailServer, sender } from "@/lib/mail/server";

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const onOff = z.enum(["on", "off"], "must be on or off").transform((value) => value === "on");

const duration = z
  .string()
  .regex(/^(0|[1-9]\d{0,5}[smhd])$/, "must be a number with s, m, h or d behind it, such as 15m, or 0")
  .transform((text) => {
    const unit = text.slice(-1);
    return unit === "s" || unit === "m" || unit === "h" || unit === "d"
      ? Number(text.slice(0, -1)) * UNITS[unit]
      : 0;
  });

/** `https://blog.example` and nothing behind it, as browsers write an Origin. */
const origin = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text), {
    error: (issue) =>
      `must be origins such as https://blog.example, without a path; ${String(issue.input)} is none`,
  });

const SIZES = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

const size = z
  .string()
  .regex(/^[1-9]\d{0,5}[kmg]$/, "must be a number with k, m or g behind it, such as 500m")
  .transform((text) => {
    const unit = text.slice(-1);
    return Number(text.slice(0, -1)) * (unit === "k" || unit === "m" || unit === "g" ? SIZES[unit] : 1);
  });

const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .pipe(z.array(item));

const proxies = z.union(
  [
    z
      .string()
      .regex(/^[1-9]\d?$/)
      .transform(Number),
    list(z.string().refine((text) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text))),
  ],
  "must be a number of proxies, such as 1, or their addresses, such as 10.0.0.0/8, ::1",
);

const networks = list(
  z.string().refine((text) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text), {
    error: "must be addresses or networks such as 10.0.0.5, 192.168.0.0/16",
  }),
);

const streams = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, "must be a number from 1 to 999999")
  .transform(Number);

const MOST_WORKERS = 64;

const workers = z
  .string()
  .refine((text) => text === "auto" || (/^[1-9]\d?$/.test(text) && Number(text) <= MOST_WORKERS), {
    error: `must be a number from 1 to ${MOST_WORKERS}, or auto`,
  })
  .transform((text) => (text === "auto" ? Math.min(availableParallelism(), MOST_WORKERS) : Number(text)));

const publicUrl = z
  .string()
  .refine(
    (text) =>
      URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).pathname === "/",
    "must be an address such as https://comments.example, without a path",
  )
  .transform((text) => new URL(text).origin);

const language = z.string().transform((text, { addIssue }) => {
  const known = text === "auto" ? text : readLanguage(text);
  if (known !== null) return known;
  addIssue(`must be auto or one of ${LANGUAGES.map(({ code }) => code).join(", ")}`);
  return z.NEVER;
});

const secret = z
  .string()
  .min(32, "must be 32 characters or more")
  .regex(/^[\x21-\x7e]+$/, "must be plain characters without spaces");

const signingSecrets = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .refine(
    (all) => all.length > 0 && all.every(isSigningSecret),
    "must be whsec_ and the base64 of 24 to 64 bytes, several with commas between",
  );

/** As Standard Webhooks wants one. */
function isSigningSecret(text: string): boolean {
  const base64 = text.replace(/^whsec_/, "");
  const { length } = Buffer.from(base64, "base64");
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && length >= 24 && length <= 64;
}

const EVERY_SETTING = {
  PORT: {
    shape: z
      .string()
      .regex(/^\d{1,5}$/, "must be a number from 0 to 65535")
      .transform(Number)
      .pipe(z.number().max(65535, "must be a number from 0 to 65535")),
    standard: "3000",
    meaning: "The port it listens on.",
  },
  HOST: {
    shape: z.string(),
    standard: null,
    meaning:
      "The address it listens on: 0.0.0.0 (every network) in production, 127.0.0.1 (this machine) in development.",
  },
  WORKERS: {
    shape: workers,
    standard: "1",
    meaning: "How many processes serve, 1 to 64; auto: as many as there are processors.",
  },
  DATABASE_URL: {
    shape: z.string(),
    standard: "file:./data/antiphon.db",
    meaning:
      "Where everything is kept: file: and the path of a SQLite file, on a local disk. The folder is made.",
  },
  PUBLIC_URL: {
    shape: publicUrl,
    standard: null,
    meaning:
      "What the world calls this server, such as https://comments.example. Without it, links are taken from the request on localhost, and are relative elsewhere.",
  },
  ADMIN_TOKEN: {
    shape: secret,
    standard: null,
    meaning:
      "A bearer token with the admin's role, 32 characters or more. Without it, the first start on a new database makes one and prints it, once.",
  },
  ALLOWED_ORIGINS: {
    shape: list(origin),
    standard: null,
    meaning:
      "The sites that may call from a browser, with commas between, such as https://blog.example. Without it any site may read and comment on existing posts; threads for pages that are not posts yet are made only for these sites, localhost and PUBLIC_URL.",
  },
  FRAME_ANCESTORS: {
    shape: z.union(
      [z.enum(["auto", "none"]), list(origin)],
      "must be auto, none, or origins such as https://blog.example, with commas between",
    ),
    standard: "auto",
    meaning:
      "The sites that may show a thread’s own page (/threads/…) in a frame, with commas between; none: no site; auto: those of ALLOWED_ORIGINS, or any where that is not set.",
  },
  TRUST_PROXY: {
    shape: proxies,
    standard: null,
    meaning:
      "Which proxies' X-Forwarded-For counts: how many stand in front, or their addresses or networks. Without it, none.",
  },
  RATE_LIMIT: {
    shape: onOff,
    standard: "on",
    meaning: "off lifts the limits on writing and searching; for benches and tests.",
  },
  MODERATION: {
    shape: z.enum(["open", "first", "all"], "must be open, first or all"),
    standard: "first",
    meaning:
      "What waits for a moderator: open: nothing; first: what looks like spam from somebody without an approved comment; all: everything.",
  },
  REPORT_THRESHOLD: {
    shape: z
      .string()
      .regex(/^\d{1,3}$/, "must be a number from 0 to 999")
      .transform(Number),
    standard: "3",
    meaning:
      "How many people have to report a comment until it goes back to the moderators and waits; 0: reports alone never hide anything.",
  },
  EDIT_WINDOW: {
    shape: duration,
    standard: "15m",
    meaning: "How long authors may edit and delete their comments, such as 15m or 2h; 0: never.",
  },
  CLOSE_AFTER: {
    shape: duration,
    standard: "0",
    meaning: "How long after a post was made comments on it close, such as 90d; 0: never.",
  },
  IMAGES: {
    shape: onOff,
    standard: "off",
    meaning:
      "on shows images in comments, which tells their hosts who reads; off makes links of them. It holds for what is written from then on.",
  },
  LANGUAGE: {
    shape: language,
    standard: "auto",
    meaning:
      "The language of the pages and threads: auto: that of each reader's browser, where there is one of ours; or always the same, such as de. Every page can be read in the others.",
  },
  SIGN_UP: {
    shape: z.enum(["off", "open"], "must be off or open"),
    standard: "off",
    meaning: "open lets anybody make an account; with off only admins do.",
  },
  FILES_DIR: {
    shape: z.string(),
    standard: null,
    meaning: "The folder for uploaded files. Without it, files beside the database file.",
  },
  FILES_QUOTA: {
    shape: size,
    standard: "1g",
    meaning: "How much all uploaded files may take together, such as 500m or 10g.",
  },
  CACHE_SIZE: {
    shape: z.union(
      [z.literal("0").transform(() => 0), size],
      "must be a number with k, m or g behind it, such as 32m, or 0",
    ),
    standard: "32m",
    meaning:
      "How much memory each process keeps of public answers, to give them again, such as 256m; 0: none.",
  },
  MAX_CONNECTIONS: {
    shape: z
      .string()
      .regex(/^[1-9]\d{1,5}$/, "must be a number from 10 to 999999")
      .transform(Number),
    standard: "10000",
    meaning: "How many connections one process holds at once.",
  },
  MAX_STREAMS: {
    shape: streams,
    standard: "2000",
    meaning: "How many streams of events one process holds open at once.",
  },
  MAX_STREAMS_PER_ADDRESS: {
    shape: streams,
    standard: "100",
    meaning: "How many of them may come from one address (IPv6: from one /64).",
  },
  WEBHOOK_ALLOW: {
    shape: networks,
    standard: null,
    meaning:
      "Addresses and networks that webhooks may reach though they are not public, such as 10.0.0.5, 192.168.0.0/16; over HTTP, too, and on any port.",
  },
  HOOK_SECRET: {
    shape: signingSecrets,
    standard: null,
    meaning:
      "What signs the messages that may make, change and delete posts (POST /api/hooks/posts), whsec_ and the base64 of 24 to 64 bytes; several with commas between while one takes another's place. Without it none are taken.",
  },
  SMTP_URL: {
    shape: mailServer,
    standard: null,
    meaning:
      "The mail server that messages are sent through, such as smtp://user:password@mail.example:587 or smtps://…; needs MAIL_FROM and PUBLIC_URL. Without it no mail is sent.",
  },
  MAIL_FROM: {
    shape: sender,
    standard: null,
    meaning: "Who messages are from, such as Blog <comments@blog.example>.",
  },
  METRICS_TOKEN: {
    shape: secret,
    standard: null,
    meaning:
      "A bearer token that reads /api/metrics and nothing else, 32 characters or more. Without it, only admins read them.",
  },
  SEED: {
    shape: onOff,
    standard: "on",
    meaning: "off leaves an empty database empty; on fills it with a small demo.",
  },
  ADDRESS_RETENTION: {
    shape: duration,
    standard: "30d",
    meaning: "How long network addresses are kept, and those only as a keyed hash and cut short.",
  },
  LOG_LEVEL: {
    shape: z.enum(
      ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
      "must be trace, debug, info, warn, error, fatal or silent",
    ),
    standard: "info",
    meaning:
      "How much the log says; info has a line for each API request, trace one for each statement, too, without its values.",
  },
} as const;

/** Name, default and meaning of every setting; the docs are tested against it. */
export const settings: { name: string; standard: string | null; meaning: string }[] = Object.entries(
  EVERY_SETTING,
).map(([name, { standard, meaning }]) => ({ name, standard, meaning }));

export type Config = ReturnType<typeof readConfig>;

/**
 * Reads all settings from `env`. An empty one counts as absent.
 * Throws `StartError` with one sentence that names the first wrong setting and never a secret's value.
 */
export function readConfig(env: Record<string, string | undefined>) {
  const read = <S extends z.ZodType>(
    name: string,
    { shape, standard }: { shape: S; standard: string | null },
  ): z.output<S> | null => {
    const text = env[name]?.trim() || standard;
    if (text === null) return null;
    const result = z.safeParse(shape, text);
    if (!result.success)
      throw new StartError(
        `The setting ${name} ${result.error.issues[0]?.message}; mend it in the environment or in .env.`,
      );
    return result.data;
  };
  const known = <T>(value: T | null): T => {
    if (value === null) throw new StartError("A setting has lost its default.");
    return value;
  };
  /** Null where no mail is sent. */
  const readMail = () => {
    const server = read("SMTP_URL", EVERY_SETTING.SMTP_URL);
    const from = read("MAIL_FROM", EVERY_SETTING.MAIL_FROM);
    const publicUrl = read("PUBLIC_URL", EVERY_SETTING.PUBLIC_URL);
    if (server === null) return null;
    if (from === null)
      throw new StartError(
        "With SMTP_URL, the setting MAIL_FROM has to say who messages are from, such as Blog <comments@blog.example>.",
      );
    if (publicUrl === null)
      throw new StartError(
        "With SMTP_URL, the setting PUBLIC_URL has to say what the world calls this server, such as https://comments.example: links in messages begin with it.",
      );
    return { server, from, publicUrl };
  };
  return Object.freeze({
    port: known(read("PORT", EVERY_SETTING.PORT)),
    host: read("HOST", EVERY_SETTING.HOST) ?? (env.NODE_ENV === "production" ? "0.0.0.0" : "127.0.0.1"),
    workers: known(read("WORKERS", EVERY_SETTING.WORKERS)),
    databaseUrl: known(read("DATABASE_URL", EVERY_SETTING.DATABASE_URL)),
    publicUrl: read("PUBLIC_URL", EVERY_SETTING.PUBLIC_URL),
    adminToken: read("ADMIN_TOKEN", EVERY_SETTING.ADMIN_TOKEN),
    allowedOrigins: read("ALLOWED_ORIGINS", EVERY_SETTING.ALLOWED_ORIGINS),
    frameAncestors: known(read("FRAME_ANCESTORS", EVERY_SETTING.FRAME_ANCESTORS)),
    trustProxy: read("TRUST_PROXY", EVERY_SETTING.TRUST_PROXY),
    rateLimit: known(read("RATE_LIMIT", EVERY_SETTING.RATE_LIMIT)),
    moderation: known(read("MODERATION", EVERY_SETTING.MODERATION)),
    reportThreshold: known(read("REPORT_THRESHOLD", EVERY_SETTING.REPORT_THRESHOLD)),
    editWindow: known(read("EDIT_WINDOW", EVERY_SETTING.EDIT_WINDOW)),
    closeAfter: known(read("CLOSE_AFTER", EVERY_SETTING.CLOSE_AFTER)),
    images: known(read("IMAGES", EVERY_SETTING.IMAGES)),
    language: known(read("LANGUAGE", EVERY_SETTING.LANGUAGE)),
    signUp: known(read("SIGN_UP", EVERY_SETTING.SIGN_UP)),
    filesDir: read("FILES_DIR", EVERY_SETTING.FILES_DIR),
    filesQuota: known(read("FILES_QUOTA", EVERY_SETTING.FILES_QUOTA)),
    /** In bytes. */
    cacheSize: known(read("CACHE_SIZE", EVERY_SETTING.CACHE_SIZE)),
    maxConnections: known(read("MAX_CONNECTIONS", EVERY_SETTING.MAX_CONNECTIONS)),
    maxStreams: {
      all: known(read("MAX_STREAMS", EVERY_SETTING.MAX_STREAMS)),
      network: known(read("MAX_STREAMS_PER_ADDRESS", EVERY_SETTING.MAX_STREAMS_PER_ADDRESS)),
    },
    webhookAllow: read("WEBHOOK_ALLOW", EVERY_SETTING.WEBHOOK_ALLOW) ?? [],
    hookSecrets: read("HOOK_SECRET", EVERY_SETTING.HOOK_SECRET) ?? [],
    mail: readMail(),
    metricsToken: read("METRICS_TOKEN", EVERY_SETTING.METRICS_TOKEN),
    seed: known(read("SEED", EVERY_SETTING.SEED)),
    addressRetention: known(read("ADDRESS_RETENTION", EVERY_SETTING.ADDRESS_RETENTION)),
    logLevel: known(read("LOG_LEVEL", EVERY_SETTING.LOG_LEVEL)),
    /** Whether this process does what is due now and then for all: the only one, or the first of several workers. */
    keeper: (env.ANTIPHON_WORKER ?? "1") === "1",
    /** Its place among those that serve, from 1. */
    worker: env.ANTIPHON_WORKER ?? "1",
    /** Which build this is; part of every ETag. */
    build: process.env.ANTIPHON_BUILD ?? "dev",
  });
}

let read: Config | undefined;

/** The settings of this process, read once. Throws `StartError`. */
export function config(): Config {
  read ??= readConfig(process.env);
  return read;
}
