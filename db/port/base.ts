export type Role = "admin" | "moderator" | "author" | "member";

/** Where a list stopped: the sort value (an instant, or a score) and the id of the last row. */
export interface Key {
  value: string | number;
  id: number;
}

/** A person who may sign in, as far as rights go. */
export interface User {
  id: number;
  name: string;
  role: Role;
}

export interface Page<T> {
  rows: T[];
  /** Whether there is more behind the last row. */
  more: boolean;
}
