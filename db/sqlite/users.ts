import type { Statement } from "better-sqlite3";
import type { AuditRecord } from "@/db/port/audit";
import type { Role } from "@/db/port/base";
import type { Notify } from "@/db/port/mails";
import type { NewPerson, Person, PersonChange, PersonOutcome, Users as Port, Terms } from "@/db/port/users";
import { addressChanged, passwordChanged } from "@/db/sqlite/accountMails";
import { Audit } from "@/db/sqlite/audit";
import { Chores } from "@/db/sqlite/chores";
import type { Connection } from "@/db/sqlite/connection";
import type { Files } from "@/db/sqlite/files";
import { pageSql } from "@/db/sqlite/keyset";
import { Mailbox } from "@/db/sqlite/mailbox";
import { Notifier } from "@/db/sqlite/notifier";
import { Personal } from "@/db/sqlite/personal";
import type { Sessions } from "@/db/sqlite/sessions";
import { NEXT_VERSION } from "@/db/sqlite/version";

interface Row {
  id: number;
  name: string;
  name_key: string;
  email: string | null;
  profession: string | null;
  website: string | null;
  role: Role;
  has_password: number;
  notify: Notify;
  version: number;
  created_at: string;
}

const COLUMNS =
  "id, name, name_key, email, profession, website, role, password IS NOT NULL AS has_password, notify, version, created_at";

/** Whose byline is forgotten; `erased`: whatever they called themselves. */
interface Byline {
  id: number;
  name: string;
  erased: number;
}

/** People with an account. Whoever is leaving is nobody here. */
export class Users implements Port {
  readonly personal: Port["personal"];
  readonly #connection: Connection;
  readonly #sessions: Sessions;
  readonly #audit: Audit;
  readonly #chores: Chores;
  readonly #mailbox: Mailbox;
  readonly #notifier: Notifier;
  readonly #find: Statement<[number], Row>;
  readonly #lists: Record<"first" | "next", Statement<object, Row>>;
  readonly #named: Statement<{ key: string; except: number }, number>;
  readonly #addressed: Statement<{ email: string; except: number }, number>;
  readonly #reserved: Statement<{ key: string | null; email: string | null; except: number }, number>;
  readonly #otherAdmin: Statement<[number], number>;
  readonly #create: Statement<NewPerson>;
  readonly #set: Statement<object>;
  readonly #setPassword: Statement<{ id: number; hash: string }>;
  readonly #bumpSite: Statement<[]>;
  readonly #leave: Statement<[number]>[];
  readonly #isProven: Statement<[number], number>;
  readonly #forgetReader: Statement<[string]>;
  readonly #forgetNotes: Statement<[number]>;
  readonly #forgetByline: Statement<[Byline]>[];

  constructor(connection: Connection, sessions: Sessions, files: Files) {
    const { db } = connection;
    this.#connection = connection;
    this.#sessions = sessions;
    this.#audit = new Audit(connection);
    this.#chores = new Chores(connection, files);
    this.#mailbox = new Mailbox(connection);
    this.#notifier = new Notifier(connection);
    this.personal = new Personal(connection).read;
    this.#find = db.prepare(`SELECT ${COLUMNS} FROM users WHERE id = ? AND leaving = 0`);
    this.#lists = { first: db.prepare(userListSql(false)), next: db.prepare(userListSql(true)) };
    const named =
      "SELECT 1 FROM users WHERE name_key = :key AND id <> :except AND (email IS NOT NULL OR password IS NOT NULL)";
    const addressed = "SELECT 1 FROM users WHERE email = :email AND id <> :except";
    this.#named = db.prepare<{ key: string; except: number }, number>(`${named} LIMIT 1`).pluck();
    this.#addressed = db.prepare<{ email: string; except: number }, number>(addressed).pluck();
    this.#reserved = db
      .prepare<{ key: string | null; email: string | null; except: number }, number>(
        `SELECT EXISTS (${named}) OR EXISTS (${addressed})`,
      )
      .pluck();
    this.#otherAdmin = db
      .prepare<[number], number>("SELECT 1 FROM users WHERE role = 'admin' AND id <> ? LIMIT 1")
      .pluck();
    this.#create = db.prepare(`
      INSERT INTO users (name, name_key, email, password, profession, website, role, version, created_at)
      VALUES (:name, :nameKey, :email, :password, :profession, :website, :role, CAST(unixepoch('subsec') * 1000 AS INTEGER),
        :createdAt)`);
    this.#set = db.prepare(`
      UPDATE users SET name = :name, name_key = :nameKey, email = :email, profession = :profession, website = :website,
        role = :role, notify = :notify, version = ${NEXT_VERSION} WHERE id = :id`);
    this.#setPassword = db.prepare("UPDATE users SET password = :hash WHERE id = :id");
    // Anybody may read a profile.
    this.#bumpSite = db.prepare(`UPDATE site SET version = ${NEXT_VERSION}`);
    this.#leave = [
      "DELETE FROM readers WHERE user_id = ?",
      `UPDATE users SET leaving = 1, name = '', name_key = '', email = NULL, password = NULL, profession = NULL,
        website = NULL, role = 'member', import_key = NULL WHERE id = ?`,
      "DELETE FROM sessions WHERE user_id = ?",
      "DELETE FROM tokens WHERE user_id = ?",
      "DELETE FROM mails WHERE kind = 'address.changed' AND facts ->> 'user' = ?",
      "UPDATE audit SET name = '' WHERE user_id = ?",
      "UPDATE audit SET before = NULL, after = NULL, note = NULL WHERE type = 'user' AND subject = ?",
    ].map((sql) => db.prepare<[number]>(sql));
    this.#isProven = db.prepare<[number], number>(provenSql).pluck();
    this.#forgetReader = db.prepare("DELETE FROM readers WHERE address = ?");
    this.#forgetNotes = db.prepare("UPDATE audit SET note = NULL WHERE user_id = ?");
    const bylines = ["before", "after"].map(
      (column) => `
        UPDATE audit SET ${column} = json_set(${column}, '$.author', NULL) WHERE type = 'post' AND ${column} ->> 'author' IS NOT NULL
          AND (${column} ->> 'author' = :name OR (:erased AND user_id = :id))`,
    );
    const answers = `UPDATE answers SET answer = json_set(answer, '$.author', NULL, '$.user', NULL)
      WHERE answer ->> 'user' = :id OR answer ->> 'author' = :name`;
    this.#forgetByline = [...bylines, answers].map((sql) => db.prepare<[Byline]>(sql));
  }

  find: Port["find"] = (id) =>
    this.#connection.readOne(() => {
      const row = this.#find.get(id);
      return row ? toPerson(row) : null;
    });

  list: Port["list"] = ({ after, limit }) =>
    this.#connection.readOne(() => {
      const rows = this.#lists[after ? "next" : "first"].all({ ...after, limit: limit + 1 });
      return { rows: rows.slice(0, limit).map(toPerson), more: rows.length > limit };
    });

  isReserved: Port["isReserved"] = (key, email) =>
    this.#connection.readOne(() => this.#reserved.get({ key, email, except: 0 }) === 1);

  create: Port["create"] = (draft, { namesakes, by }) =>
    this.#connection.write((): PersonOutcome => {
      if (this.#addressed.get({ email: draft.email, except: 0 })) return { refused: "email_taken" };
      if (!namesakes && this.#named.get({ key: draft.nameKey, except: 0 })) return { refused: "name_taken" };
      const { lastInsertRowid } = this.#create.run(draft);
      this.#bumpSite.run();
      const person = this.#require(Number(lastInsertRowid));
      if (by) this.#record("user.create", person.id, { by, at: draft.createdAt }, null, shownOf(person));
      return { refused: null, person };
    });

  change: Port["change"] = (id, change, terms) =>
    this.#connection.write((): PersonOutcome => {
      const before = this.#find.get(id);
      if (!before) return { refused: "absent" };
      const refused = this.#judge(before, change, terms);
      if (refused !== null) return { refused };
      const { author, email = before.email, profession = before.profession, role = before.role } = change;
      const { notify = before.notify } = change;
      const name = author?.author ?? before.name;
      const nameKey = author?.authorKey ?? before.name_key;
      const website = author ? author.website : before.website;
      this.#set.run({ id, name, nameKey, email, profession, website, role, notify });
      if (email !== before.email) this.#notifier.askAnew(id, terms.at);
      this.#bumpSite.run();
      if (change.password) {
        this.#setPassword.run({ id, hash: change.password.hash });
        this.#sessions.endInside(id, change.password.session);
        this.#mailbox.put(passwordChanged(id, terms.at));
      }
      if (
        terms.warn !== false &&
        before.email !== null &&
        email?.toLowerCase() !== before.email.toLowerCase()
      )
        this.#mailbox.put(addressChanged(id, before.email, terms.at));
      if (author && (name !== before.name || website !== before.website))
        this.#chores.begin(id, { kind: "rename", author, was: before.name_key });
      const person = this.#require(id);
      if (terms.by) this.#record("user.change", id, terms, shownOf(before), shownOf(person));
      return { refused: null, person };
    });

  remove: Port["remove"] = (id, { erase, nobody }, { version, by, at }) =>
    this.#connection.write((): PersonOutcome => {
      const before = this.#find.get(id);
      if (!before) return { refused: "absent" };
      if (version !== null && version !== before.version) return { refused: "stale" };
      if (this.#isLastAdmin(before)) return { refused: "last_admin" };
      const isProven = this.#isProven.get(id) === 1;
      for (const step of this.#leave) step.run(id);
      this.#mailbox.forget({ user: id });
      // Anybody can claim an address: what is another's must not go with whoever does.
      if (before.email !== null && isProven) {
        this.#mailbox.forget({ address: before.email });
        this.#forgetReader.run(before.email);
      }
      this.#bumpSite.run();
      if (erase) this.#forgetNotes.run(id);
      for (const step of this.#forgetByline) step.run({ id, name: before.name, erased: Number(erase) });
      if (by) this.#record(erase ? "user.erase" : "user.delete", id, { by, at }, null, null);
      this.#chores.begin(id, { kind: erase ? "erase" : "leave", author: nobody, was: before.name_key });
      return { refused: null, person: toPerson(before) };
    });

  work: Port["work"] = () => this.#connection.write(() => this.#chores.next());

  /** Why the change may not be, or null. */
  #judge(before: Row, { author, email, role }: PersonChange, { version, namesakes }: Terms) {
    const { id } = before;
    if (version !== null && version !== before.version) return "stale";
    if (email !== undefined && this.#addressed.get({ email, except: id })) return "email_taken";
    const renamed = author !== undefined && author.authorKey !== before.name_key;
    if (renamed && !namesakes && this.#named.get({ key: author.authorKey, except: id })) return "name_taken";
    if (role !== undefined && role !== "admin" && this.#isLastAdmin(before)) return "last_admin";
    return null;
  }

  #isLastAdmin({ id, role }: Row): boolean {
    return role === "admin" && this.#otherAdmin.get(id) === undefined;
  }

  #require(id: number): Person {
    const row = this.#find.get(id);
    if (!row) throw new Error(`User ${id} is gone within its own transaction`);
    return toPerson(row);
  }

  #record(
    action: string,
    subject: number,
    { by, at }: Pick<Terms, "by" | "at">,
    before: AuditRecord["before"],
    after: AuditRecord["after"],
  ): void {
    if (by)
      this.#audit.record({ at, by, action, type: "user", subject, before, after, note: null, undoes: null });
  }
}

/** Whether somebody confirmed that mail to their address reaches them. */
const provenSql =
  "SELECT 1 FROM readers r JOIN users u ON u.id = r.user_id WHERE r.user_id = ? AND u.email = r.proven";

/** The statement of `Users.list`; `more`: behind a key. */
export function userListSql(more: boolean): string {
  return pageSql(
    { table: "users", column: "created_at", direction: "ASC" },
    more,
    (end) => `SELECT ${COLUMNS} FROM users WHERE leaving = 0 ${end}`,
  );
}

function toPerson({ has_password, created_at, name_key, ...rest }: Row): Person {
  return { ...rest, hasPassword: has_password === 1, createdAt: created_at };
}

/** What the audit log keeps of a person: nothing that moderators may not see. */
function shownOf({
  name,
  profession,
  website,
  role,
}: Pick<Person, "name" | "profession" | "website" | "role">) {
  return { name, profession, website, role };
}
