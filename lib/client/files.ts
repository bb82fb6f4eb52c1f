import { at } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, ChangeOptions } from "@/lib/client/call";
import type * as shapes from "@/lib/schemas/files";

type FileEntry = Answer<typeof shapes.fileAnswer>;

export interface UploadOptions extends CallOptions {
  /** What to reach it by, such as `docs/readme.md`; by default its name. */
  path?: string;
  /** Its name; by default the one that a `File` has. */
  name?: string;
}

const place = (path: string) => at("files", ...path.split("/"));

/** Files, by their path. */
export function files({ one, raw, address }: Caller) {
  return {
    upload: (file: Blob, { path, name, ...options }: UploadOptions = {}) => {
      const form = new FormData();
      if (path !== undefined) form.append("path", path);
      // A name that is undefined would be the name.
      if (name === undefined) form.append("file", file);
      else form.append("file", file, name);
      return one<FileEntry>("POST", at("files"), form, options);
    },
    /** Its bytes, as `fetch` gives them. */
    get: (path: string, options?: CallOptions) => raw("GET", place(path), undefined, options, "*/*"),
    describe: (path: string, options?: CallOptions) => one<FileEntry>("GET", place(path), undefined, options),
    delete: (path: string, options?: ChangeOptions) =>
      one<Answer<typeof shapes.deletedFileAnswer>>("DELETE", place(path), undefined, options),
    /** The address to link to. */
    address: (path: string) => address(place(path)),
  };
}
