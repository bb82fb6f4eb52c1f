import type { Statement } from "better-sqlite3";
import type { Connection } from "@/db/sqlite/connection";
import type { Store, Take } from "@/db/store";

/**
 * Rate limits by GCRA (ITU-T I.371): one instant for each key, the one at which its quota is whole again.
 * A clock that jumped back can't lock anybody out for longer than a window.
 */
export class Limits {
  readonly #connection: Connection;
  readonly #fullAt: Statement<[string], number>;
  readonly #put: Statement<[string, number]>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#fullAt = connection.db
      .prepare<[string], number>("SELECT full_at FROM limits WHERE key = ?")
      .pluck();
    this.#put = connection.db.prepare("INSERT OR REPLACE INTO limits (key, full_at) VALUES (?, ?)");
  }

  take: Store["limits"]["take"] = (key, quota, now) =>
    this.#connection.write((): Take => {
      const step = Math.ceil(quota.window / quota.limit);
      const window = step * quota.limit;
      const kept = this.#fullAt.get(key) ?? now;
      const before = Math.min(Math.max(kept, now), now + window);
      const allowed = before + step <= now + window;
      const fullAt = allowed ? before + step : before;
      // Also where nothing is taken: an instant far ahead, from a clock that was wrong, must not stay.
      if (fullAt !== kept) this.#put.run(key, fullAt);
      const reset = fullAt - now;
      const remaining = Math.floor((window - reset) / step);
      return { allowed, remaining, reset, retryAfter: allowed ? 0 : fullAt + step - window - now };
    });

  giveBack: Store["limits"]["giveBack"] = async (key, quota, now) => {
    const step = Math.ceil(quota.window / quota.limit);
    await this.#connection.write(() => {
      const kept = this.#fullAt.get(key);
      if (kept !== undefined && kept > now) this.#put.run(key, kept - step);
    });
  };

  isTaken: Store["limits"]["isTaken"] = (key, now) =>
    this.#connection.readOne(() => (this.#fullAt.get(key) ?? now) > now);
}
