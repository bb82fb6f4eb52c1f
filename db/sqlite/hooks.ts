import type { Statement } from "better-sqlite3";
import type { Actor } from "@/db/port/audit";
import type { HookMessage, HookName, HookOutcome, Hooks as Port } from "@/db/port/hooks";
import type { PostChange } from "@/db/port/posts";
import { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";
import { byName } from "@/db/sqlite/places";
import { PostChanges } from "@/db/sqlite/postChanges";
import { PostTrash } from "@/db/sqlite/postTrash";
import { NEXT_VERSION } from "@/db/sqlite/version";

interface Heard {
  post: number | null;
  at: string;
  deletion: number | null;
}

interface Place {
  id: number;
  page: string | null;
  url: string | null;
  own: number;
  listed: number;
  version: number;
}

/** Takes what others say of their posts, each message in one transaction with the note that it was taken. */
export class Hooks implements Port {
  readonly #connection: Connection;
  readonly #changes: PostChanges;
  readonly #trash: PostTrash;
  readonly #audit: Audit;
  readonly #taken: Statement<[string], HookOutcome>;
  readonly #keep: Statement<HookOutcome & { id: string; now: string }>;
  readonly #heard: Statement<[string], Heard>;
  readonly #hear: Statement<Heard & { name: string; now: string }>;
  readonly #find: ReturnType<typeof byName<Place>>;
  readonly #own: Statement<[number]>;
  readonly #count: Statement<[number]>;
  readonly #date: Statement<{ at: string; id: number }>;
  readonly #addAlias: Statement<[string, number, string, string]>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#changes = new PostChanges(connection);
    this.#trash = new PostTrash(connection);
    this.#audit = new Audit(connection);
    this.#taken = db.prepare("SELECT result, post FROM hook_messages WHERE id = ?");
    this.#keep = db.prepare(
      "INSERT INTO hook_messages (id, result, post, taken_at) VALUES (:id, :result, :post, :now)",
    );
    this.#heard = db.prepare("SELECT post, at, deletion FROM hook_posts WHERE name = ?");
    this.#hear = db.prepare(`
      INSERT OR REPLACE INTO hook_posts (name, post, at, deletion, heard_at) VALUES (:name, :post, :at, :deletion, :now)`);
    this.#find = byName(db, "SELECT p.id, p.page, p.url, p.own, p.listed, p.version FROM posts p");
    this.#own = db.prepare(`UPDATE posts SET own = 1, version = ${NEXT_VERSION} WHERE id = ?`);
    this.#count = db.prepare(`UPDATE site SET posts = posts + ?, version = ${NEXT_VERSION}`);
    this.#date = db.prepare("UPDATE posts SET created_at = :at WHERE id = :id");
    this.#addAlias = db.prepare(
      "INSERT OR IGNORE INTO aliases (page, post, url, created_at) VALUES (?, ?, ?, ?)",
    );
  }

  take: Port["take"] = (message, by, now) =>
    this.#connection.write(() => {
      const before = this.#taken.get(message.id);
      if (before) return { ...before, replayed: true };
      const outcome = this.#hearOf(message, by, now);
      this.#keep.run({ ...outcome, id: message.id, now });
      return { ...outcome, replayed: false };
    });

  #hearOf({ names, at, post }: HookMessage, by: Actor, now: string): HookOutcome {
    const heard = names.flatMap((name) => this.#heard.get(toText(name)) ?? []);
    const place = this.#locate(names);
    if (heard.some((one) => one.at > at)) return { result: "outdated", post: place?.id ?? null };
    const former = heard.find(({ deletion }) => deletion !== null)?.deletion ?? null;
    const done = post
      ? { ...this.#publish(post, place, former, by, now), deletion: null }
      : this.#delete(place, former, by, now);
    for (const name of names)
      this.#hear.run({ name: toText(name), post: done.post, at, deletion: done.deletion, now });
    return { result: done.result, post: done.post };
  }

  /** The post that is meant: what somebody outside called so before, else what anybody calls so. */
  #locate(names: HookName[]): Place | undefined {
    for (const name of names) {
      const heard = this.#heard.get(toText(name))?.post;
      const found =
        ("page" in name && this.#find.page.get({ value: name.page })) ||
        ("slug" in name && this.#find.slug.get({ value: name.slug })) ||
        (heard && this.#find.id.get({ value: heard }));
      if (found) return found;
    }
    return undefined;
  }

  #delete(
    place: Place | undefined,
    former: number | null,
    by: Actor,
    now: string,
  ): HookOutcome & { deletion: number | null } {
    const deleted = place && this.#trash.remove(place.id, by, now, null);
    if (!place || deleted?.refused !== null) return { result: "absent", post: null, deletion: former };
    return { result: "deleted", post: place.id, deletion: deleted.audit };
  }

  #publish(
    { draft, change, publishedAt }: NonNullable<HookMessage["post"]>,
    place: Place | undefined,
    former: number | null,
    by: Actor,
    now: string,
  ): HookOutcome {
    if (place)
      return { result: this.#change(place, change, by, now) ? "updated" : "unchanged", post: place.id };
    const restored = former === null ? null : this.#restore(former, by, now);
    if (restored) {
      this.#change(restored, change, by, now);
      return { result: "restored", post: restored.id };
    }
    const made = this.#changes.make(draft, null, by);
    // Nobody can have come between: the page and the slug were looked for in this very transaction.
    if (made.refused !== null) throw new Error(`A post that is not there could not be made: ${made.refused}`);
    if (publishedAt !== null) this.#date.run({ at: publishedAt, id: made.post.id });
    return { result: "created", post: made.post.id };
  }

  /** What deleted it may have had its time, and others may have its names by now: it is then made anew. */
  #restore(audit: number, by: Actor, at: string): Place | undefined {
    const restored = this.#trash.restore(audit);
    if (restored.refused !== null) return undefined;
    const rest = { type: "post", subject: restored.post, before: null, after: null, note: null } as const;
    this.#audit.record({ at, by, action: "post.restore", undoes: audit, ...rest });
    return this.#find.id.get({ value: restored.post });
  }

  /** Whether anything of it is otherwise now. */
  #change(post: Place, { place, ...rest }: PostChange, by: Actor, now: string): boolean {
    const { id, page, url, own, listed, version } = post;
    // The page of another post stays that one's, and an alias of this one leads here as it is.
    const moves = place && place.page !== page && !this.#find.page.get({ value: place.page });
    const changed = this.#changes.alter(id, moves ? { ...rest, place } : rest, by, now, null);
    if (changed.refused !== null) throw new Error(`Post ${id} could not be changed: ${changed.refused}`);
    if (moves && page !== null && url !== null) this.#addAlias.run(page, id, url, now);
    if (own === 1) return changed.post.version !== version;
    this.#own.run(id);
    this.#count.run(1 - listed);
    return true;
  }
}

function toText(name: HookName): string {
  if ("page" in name) return `page ${name.page}`;
  return "key" in name ? `key ${name.key}` : `slug ${name.slug}`;
}
