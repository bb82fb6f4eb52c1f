import { StartError } from "@/db/errors";
import type { Restoration } from "@/db/port/exports";
import { type Listeners, openSqlite } from "@/db/sqlite";
import { openSqliteRestoration } from "@/db/sqlite/restoration";
import type { Store } from "@/db/store";

/** Opens the store that `url` names, made and migrated as needed. Throws `StartError` where it can't be had. */
export function openStore(url: string, listeners?: Listeners): Store {
  return openSqlite(fileOf(url), listeners);
}

/** Opens a restoration of the database that `url` names. Throws `StartError` where that is not empty, or can't be had. */
export function openRestoration(url: string): Restoration {
  return openSqliteRestoration(fileOf(url));
}

function fileOf(url: string): string {
  if (url.startsWith("file:")) return url.slice("file:".length);
  if (/^postgres(ql)?:\/\//.test(url)) {
    throw new StartError(
      "PostgreSQL is not supported yet; leave DATABASE_URL out, or set it to file:./data/antiphon.db.",
    );
  }
  throw new StartError("DATABASE_URL must begin with file:, for example file:./data/antiphon.db.");
}
