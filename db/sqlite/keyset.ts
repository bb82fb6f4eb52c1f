/** The order of a list: by a column of `table`, and by the id where several rows share a value. */
export interface Order {
  table: string;
  column: "created_at" | "score";
  direction: "ASC" | "DESC";
}

/**
 * A page, in `order`, of what `select` reads; where `behind`, only what comes after the key (:value, :id). `select` gets
 * the end of its WHERE, and returns the column of the order and the id among others.
 *
 * `(column, id) > (:value, :id)` would say the same, but where the id is the rowid SQLite seeks by the column alone. It then
 * steps over every row that shares the value, and an import without dates gives 100,000 rows one instant. So what shares
 * the value and what lies beyond it are searched apart, and merged as they are read.
 */
export function pageSql(
  { table, column, direction }: Order,
  behind: boolean,
  select: (end: string) => string,
  limit = ":limit + 0",
): string {
  const [by, id] = [`${table}.${column}`, `${table}.id`];
  const after = direction === "ASC" ? ">" : "<";
  const ends = behind ? [`AND ${by} = :value AND ${id} ${after} :id`, `AND ${by} ${after} :value`] : [""];
  return `${ends.map(select).join(" UNION ALL ")} ORDER BY ${by} ${direction}, ${id} ${direction} LIMIT ${limit}`;
}
