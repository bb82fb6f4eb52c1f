import { StartError } from "@/db/errors";
import { type OnStatement, openSqlite } from "@/db/sqlite";
import type { Store } from "@/db/store";

/**
 * Opens the store that `url` names, made and migrated as needed. `onStatement` hears of each statement as it runs,
 * without its values. Throws `StartError` where it can't be had.
 */
export function openStore(url: string, onStatement?: OnStatement): Store {
  if (url.startsWith("file:")) return openSqlite(url.slice("file:".length), onStatement);
  if (/^postgres(ql)?:\/\//.test(url)) {
    throw new StartError(
      "PostgreSQL is not supported yet; leave DATABASE_URL out, or set it to file:./data/antiphon.db.",
    );
  }
  throw new StartError("DATABASE_URL must begin with file:, for example file:./data/antiphon.db.");
}
