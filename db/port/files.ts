import type { Actor } from "@/db/port/audit";
import type { Page } from "@/db/port/base";

/** An uploaded file. Its bytes are where `place` says, in the folder that the domain keeps them in. */
export interface KeptFile {
  id: number;
  /** The name it is reached by: parts with slashes between. */
  path: string;
  /** The name it was sent under. */
  filename: string;
  type: string;
  size: number;
  sha256: string;
  place: string;
  user: number | null;
  createdAt: string;
}

export interface NewFile extends Omit<KeptFile, "id" | "path"> {
  /** Names for it, the best first. It gets the first that is free, or that has the same bytes already. */
  paths: string[];
}

export type FileCreated =
  | { refused: "taken" | "full" }
  | {
      refused: null;
      /** `place` differs from the new one's where these bytes were kept before: the new one is not used then. */
      file: KeptFile;
      /** False: a file of that name with these bytes was there. */
      created: boolean;
    };

export interface FileNames {
  find(path: string): Promise<KeptFile | null>;
  /** Refused as `full` where the bytes of all files would exceed `quota`; the same bytes count once. */
  create(draft: NewFile, quota: number): Promise<FileCreated>;
  /**
   * The place of bytes that belong to no file now, or null; false where there is no file of that id. `by`: who did it
   * by right of their role, for the audit log; null where it was the file's own user.
   */
  delete(id: number, by: Actor | null, at: string): Promise<{ freed: string | null } | false>;
  /** Those of a user, in the order they came; `after` is the id of the last one seen. */
  list(user: number, after: number | null, limit: number): Promise<Page<KeptFile>>;
  /** Bytes of all files together. */
  size(): Promise<number>;
  /** Those of `places` that a file's bytes are at. */
  used(places: string[]): Promise<string[]>;
}
