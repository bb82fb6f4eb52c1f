import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Database from "better-sqlite3";
import { StartError, Unavailable } from "@/db/errors";
import type { Size } from "@/db/port/base";
import { Accounts } from "@/db/sqlite/accounts";
import { AuditTrail } from "@/db/sqlite/auditTrail";
import { Comments } from "@/db/sqlite/comments";
import { Connection, codeOf } from "@/db/sqlite/connection";
import { Exports } from "@/db/sqlite/exports";
import { Files } from "@/db/sqlite/files";
import { Guests } from "@/db/sqlite/guests";
import { Hooks } from "@/db/sqlite/hooks";
import { Imports } from "@/db/sqlite/imports";
import { Limits } from "@/db/sqlite/limits";
import { Live } from "@/db/sqlite/live";
import { Mails } from "@/db/sqlite/mails";
import { Moderation } from "@/db/sqlite/moderation";
import { News } from "@/db/sqlite/news";
import { Outbox } from "@/db/sqlite/outbox";
import { Posts } from "@/db/sqlite/posts";
import { Rules } from "@/db/sqlite/rules";
import { migrations } from "@/db/sqlite/schema";
import { Search } from "@/db/sqlite/search";
import { Sessions } from "@/db/sqlite/sessions";
import { Setup } from "@/db/sqlite/setup";
import { Subscriptions } from "@/db/sqlite/subscriptions";
import { Sweeper } from "@/db/sqlite/sweep";
import { Tokens } from "@/db/sqlite/tokens";
import { Users } from "@/db/sqlite/users";
import { WalSync } from "@/db/sqlite/walSync";
import { Webhooks } from "@/db/sqlite/webhooks";
import type { Site, Store } from "@/db/store";

/** "Antp": tells our files from other programs' SQLite files. */
const APPLICATION_ID = 0x416e7470;

/** Who hears of what is done to the file. */
export interface Listeners {
  /** Of each statement as it runs, without its values. */
  onStatement?: (sql: string) => void;
  /** Before each step that brings a file of an older version to this one's: the number of the step, and how many there are. */
  onUpgrade?: (step: number, steps: number) => void;
}

/** Opens (or makes) the database in `file` and brings it to this version's schema. Throws `StartError`. */
export function openSqlite(file: string, listeners: Listeners = {}): Store {
  const { onStatement } = listeners;
  const path = resolve(file);
  // While another process makes the same file, SQLite may say BUSY at once whatever its timeout.
  for (const deadline = Date.now() + 5000; ; sleep(20)) {
    try {
      makeFolder(path);
      return new SqliteStore(
        connect(path, onStatement),
        connect(path, onStatement),
        connect(path, onStatement),
        listeners.onUpgrade,
      );
    } catch (error) {
      if (!codeOf(error).startsWith("SQLITE_BUSY") || Date.now() > deadline) throw toStartError(error, path);
    }
  }
}

/** Blocks: nothing else can happen in this process before its database is open. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

class SqliteStore implements Store {
  readonly secret: Buffer;
  readonly posts: Posts;
  readonly comments: Comments;
  readonly moderation: Moderation;
  readonly rules: Rules;
  readonly sessions: Sessions;
  readonly accounts: Accounts;
  readonly setup: Setup;
  readonly tokens: Tokens;
  readonly users: Users;
  readonly guests: Guests;
  readonly limits: Limits;
  readonly audit: AuditTrail;
  readonly search: Search["find"];
  readonly files: Files;
  readonly imports: Imports;
  readonly exports: Exports;
  readonly hooks: Hooks;
  readonly outbox: Outbox;
  readonly webhooks: Webhooks;
  readonly mails: Mails;
  readonly subscriptions: Subscriptions;
  readonly live: Live;
  readonly news: News["ofSite"];
  readonly newsOf: News["ofPost"];
  readonly #main: Connection;
  readonly #wal: WalSync;
  readonly #side: Connection;
  readonly #watch: Database.Database;
  readonly #sweeper: Sweeper;
  readonly #site: Database.Statement<[], Site>;
  readonly #touch: Database.Statement<[]>;

  /**
   * `side` takes the writes that no reader sees and whose loss in a power cut harms nobody; `watch` only reads
   * versions.
   */
  constructor(
    main: Database.Database,
    side: Database.Database,
    watch: Database.Database,
    onUpgrade: Listeners["onUpgrade"],
  ) {
    migrate(main, onUpgrade);
    // What statements keep for their undoing would else go through a file. Not before the migrations: an
    // index over a large table is sorted in one.
    main.pragma("temp_store = MEMORY");
    // 16 MB instead of 4: writes change the same pages again and again, and each checkpoint holds up who writes. More than
    // 4062 pages would cost readers a second table of them.
    main.pragma("wal_autocheckpoint = 4000");
    // Its commits are synced with the next one of the main connection, which also checkpoints.
    side.pragma("wal_autocheckpoint = 0");
    // Commits write the log, and WalSync brings it to the disk before they are told of. Checkpoints sync by themselves.
    for (const db of [main, side]) db.pragma("synchronous = NORMAL");
    // From now on whoever finds the file locked waits outside SQLite.
    for (const db of [main, side, watch]) db.pragma("busy_timeout = 0");
    // Both lose their pages with each commit of another connection, and need but few.
    for (const db of [side, watch]) db.pragma("cache_size = -2000");
    watch.pragma("query_only = ON");
    this.#watch = watch;
    this.#wal = new WalSync(main.name);
    this.#main = new Connection(main, this.#wal);
    this.#side = new Connection(side);
    this.posts = new Posts(this.#main);
    this.comments = new Comments(this.#main);
    this.rules = new Rules(this.#main);
    this.moderation = new Moderation(this.#main, this.rules);
    this.sessions = new Sessions(this.#main);
    this.accounts = new Accounts(this.#main, this.sessions);
    this.tokens = new Tokens(this.#main);
    this.audit = new AuditTrail(this.#main, this.rules, this.posts);
    this.files = new Files(this.#main, this.audit);
    this.users = new Users(this.#main, this.sessions, this.files);
    this.guests = new Guests(this.#main);
    this.limits = new Limits(this.#side);
    this.search = new Search(this.#main).find;
    this.setup = new Setup(this.#main, this.accounts, this.audit);
    this.imports = new Imports(this.#main);
    this.exports = new Exports(this.#main);
    this.hooks = new Hooks(this.#main);
    this.outbox = new Outbox(this.#main, this.#side);
    this.webhooks = new Webhooks(this.#main);
    this.mails = new Mails(this.#main, this.#side);
    this.subscriptions = new Subscriptions(this.#main);
    this.live = new Live(this.#main);
    const news = new News(watch);
    this.news = news.ofSite;
    this.newsOf = news.ofPost;
    this.#sweeper = new Sweeper(this.#main);
    this.secret = readSecret(main);
    this.#site = main.prepare(
      "SELECT version, comments, posts, pending, reported, moderation, mails FROM site",
    );
    this.#touch = main.prepare("UPDATE site SET id = 1");
  }

  site = () =>
    this.#main.readOne(() => {
      const row = this.#site.get();
      if (!row) throw new Unavailable("The database has lost its site row");
      return row;
    });

  sweep = (now: number, addressRetention: number) => this.#sweeper.sweep(now, addressRetention);

  load = () => this.#main.load();

  size = () => this.#main.readOne(() => readSize(this.#main.db));

  ready = async () => {
    await this.#main.write(() => this.#touch.run());
  };

  close = async () => {
    await this.#wal.close();
    this.#watch.close();
    this.#side.db.close();
    this.#main.db.close();
  };
}

function readSize(db: Database.Database): Size {
  const number = (pragma: string) => Number(db.pragma(pragma, { simple: true }));
  const page = number("page_size");
  const log = statSync(`${db.name}-wal`, { throwIfNoEntry: false });
  return {
    database: number("page_count") * page,
    free: number("freelist_count") * page,
    log: log?.size ?? 0,
  };
}

export function readSecret(db: Database.Database): Buffer {
  const secret = db.prepare<[], Buffer>("SELECT secret FROM site").pluck().get();
  if (!secret)
    throw new StartError(`The database ${db.name} has lost its site row; restore it from a backup.`);
  return secret;
}

function connect(path: string, onStatement: Listeners["onStatement"]): Database.Database {
  const verbose = onStatement && ((sql: unknown) => onStatement(withoutValues(String(sql))));
  const db = new Database(path, { verbose });
  try {
    return prepare(db, path);
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: Database.Database, path: string): Database.Database {
  // First of all, or the switch to WAL fails while another process does it.
  db.pragma("busy_timeout = 5000");
  refuseForeign(db, path);
  db.pragma("journal_mode = WAL");
  // better-sqlite3 is compiled to mean NORMAL in WAL mode whatever this reads back, unless it is set.
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");
  db.pragma("trusted_schema = OFF");
  db.pragma("secure_delete = ON");
  db.pragma("cell_size_check = ON");
  db.pragma("cache_size = -32000");
  return db;
}

/** The statement as it was written: SQLite tells it with the values in the places of parameters. */
function withoutValues(sql: string): string {
  return sql.replace(/\s+/g, " ").replace(/x?'(?:[^']|'')*'|\b\d[\d.e+-]*/gi, "?");
}

export function refuseForeign(db: Database.Database, path: string): void {
  // In one snapshot: another process may be making the tables just now.
  const [id, tables] = db
    .transaction(() => [
      Number(db.pragma("application_id", { simple: true })),
      db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get(),
    ])
    .deferred();
  if (id !== APPLICATION_ID && (id !== 0 || tables !== 0)) {
    throw new StartError(`${path} is another program's database; set DATABASE_URL to another file.`);
  }
}

export function migrate(db: Database.Database, onUpgrade?: Listeners["onUpgrade"]): void {
  let before: number | undefined;
  for (;;) {
    const done = db
      .transaction(() => {
        const version = Number(db.pragma("user_version", { simple: true }));
        if (version > migrations.length) {
          throw new StartError(
            `The database ${db.name} comes from a newer Antiphon (schema ${version}, this one knows ${migrations.length}); start that version, or restore the backup made before the upgrade.`,
          );
        }
        const step = migrations[version];
        if (step === undefined) return true;
        before ??= version;
        if (before > 0) onUpgrade?.(version - before + 1, migrations.length - before);
        db.exec(step);
        db.pragma(`application_id = ${APPLICATION_ID}`);
        db.pragma(`user_version = ${version + 1}`);
        return false;
      })
      .immediate();
    if (done) break;
  }
  // A step can write as much as the file holds, and the log stays as large as it ever was.
  if (before !== undefined && before < migrations.length) db.pragma("wal_checkpoint(TRUNCATE)");
}

export function makeFolder(path: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    if (existsSync(path)) accessSync(path, constants.W_OK);
  } catch {
    throw new StartError(
      `The database can't be kept in ${folder}: the folder or the file is not writable; make it so, or set DATABASE_URL to another place.`,
    );
  }
}

export function toStartError(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (!code.startsWith("SQLITE_")) return error;
  const mend: Record<string, string> = {
    SQLITE_NOTADB: `${path} is not a SQLite database; set DATABASE_URL to another file, or restore it from a backup.`,
    SQLITE_CORRUPT: `The database ${path} is damaged; restore it from a backup.`,
    SQLITE_BUSY: `The database ${path} is locked by another program, or an Antiphon is bringing it to a newer version; wait until that is done, or end that program, then start again.`,
    SQLITE_FULL: `The disk that holds ${path} is full; make room, then start again.`,
  };
  return new StartError(
    mend[code] ??
      `The database ${path} can't be opened (${code}); check that the folder is writable and on a local disk.`,
  );
}
