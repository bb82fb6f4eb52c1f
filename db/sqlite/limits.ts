import type { Statement } from "better-sqlite3";
import type { Connection } from "@/db/sqlite/connection";
import type { Store, Take } from "@/db/store";

/**
 * Rate limits by GCRA (ITU-T I.371): one instant for each key, the one at which its quota is whole again.
 * One upsert both asks and takes. A clock that jumped back can't lock anybody out for longer than a window.
 */
export class Limits {
  readonly #connection: Connection;
  readonly #take: Statement<{ key: string; now: number; step: number; window: number }, { full_at: number }>;
  readonly #peek: Statement<[string], { full_at: number }>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#take = connection.db.prepare(`
      INSERT INTO limits (key, full_at) VALUES (:key, :now + :step)
      ON CONFLICT (key) DO UPDATE SET full_at = min(max(full_at, :now), :now + :window) + :step
        WHERE min(max(full_at, :now), :now + :window) + :step <= :now + :window
      RETURNING full_at`);
    this.#peek = connection.db.prepare("SELECT full_at FROM limits WHERE key = ?");
  }

  take: Store["limits"]["take"] = (key, quota, now) =>
    this.#connection.write((): Take => {
      const step = Math.ceil(quota.window / quota.limit);
      const window = step * quota.limit;
      const taken = this.#take.get({ key, now, step, window });
      const fullAt = Math.min(taken?.full_at ?? this.#peek.get(key)?.full_at ?? now, now + window);
      const reset = Math.max(0, fullAt - now);
      const remaining = Math.floor((window - reset) / step);
      return {
        allowed: taken !== undefined,
        remaining,
        reset,
        retryAfter: taken ? 0 : Math.max(1, fullAt + step - window - now),
      };
    });
}
