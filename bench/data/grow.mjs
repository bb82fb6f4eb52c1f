import Database from "better-sqlite3";

/**
 * Repeats all comments of a file `rounds` - 1 times, each round a while after the one before and with numbers of its
 * own. What the seeder would do in several minutes, SQLite does alone in one: without the indexes, which are made again at
 * the end. The columns and indexes are whatever the schema has.
 */
export function grow(file, rounds) {
  const db = new Database(file);
  db.pragma("journal_mode = OFF");
  db.pragma("synchronous = OFF");
  db.pragma("cache_size = -512000");
  const aside = db
    .prepare(
      "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
    )
    .all();
  db.exec("BEGIN");
  for (const { type, name } of aside) db.exec(`DROP ${type} ${name}`);
  repeat(db, rounds);
  // What the triggers would have made.
  db.exec(`
    DELETE FROM cards;
    INSERT INTO cards (key, card) SELECT post << 32 | id, card FROM comments ORDER BY post, id;
    UPDATE posts SET comments = comments * ${rounds};
    UPDATE site SET comments = comments * ${rounds};`);
  for (const { sql } of aside) db.exec(sql);
  const searched = db
    .prepare("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE %'")
    .pluck();
  for (const name of searched.all()) db.exec(`INSERT INTO ${name} (${name}) VALUES ('rebuild')`);
  db.exec("COMMIT");
  db.pragma("journal_mode = WAL");
  db.close();
}

function repeat(db, rounds) {
  const size = db.prepare("SELECT count(*) FROM comments").pluck().get();
  const number = (n) => `printf('%07d', ${n})`;
  const renumbered = (column) =>
    `replace(${column}, ${number("id - 1")}, ${number("id - 1 + :round * :size")})`;
  const values = {
    id: "id + :round * :size",
    comment: renumbered("comment"),
    html: renumbered("html"),
    text_hash: "text_hash || :round",
    created_at: `strftime('%Y-%m-%dT%H:%M:%fZ', created_at, (:round * :size) || ' minutes')`,
    import_key: "NULL",
  };
  // Generated columns are not among those of table_info.
  const columns = db.pragma("table_info(comments)").map(({ name }) => name);
  const insert = db.prepare(`
    INSERT INTO comments (${columns.join()}) SELECT ${columns.map((name) => values[name] ?? name).join()}
    FROM comments WHERE id <= :size ORDER BY id`);
  for (let round = 1; round < rounds; round++) insert.run({ round, size });
}
