import { FILE_TYPES } from "@/lib/files/types";
import type { Operation } from "@/lib/operations/operation";
import { deletedFileAnswer, fileAnswer, newFile } from "@/lib/schemas/files";
import { noQuery } from "@/lib/schemas/queries";

const toForms = { 303: { meaning: "To a browser's own form: the file, or the page with the error said." } };

export const fileOperations: Operation[] = [
  {
    method: "post",
    path: "/api/files",
    id: "uploadFile",
    tag: "Files",
    summary: "Upload a file, of up to 10 MiB",
    body: newFile,
    upload: true,
    answers: {
      200: { meaning: "The file; the same bytes had that name already.", shape: fileAnswer },
      201: { meaning: "The file.", shape: fileAnswer },
      ...toForms,
    },
    problems: [
      "origin_not_allowed",
      "file_damaged",
      "file_path_taken",
      "file_quota_exceeded",
      "file_type_not_allowed",
    ],
    limit: "files",
    role: "author",
  },
  {
    method: "get",
    path: "/api/files/{path}",
    id: "getFile",
    tag: "Files",
    summary: "A file; described where `Accept` is application/json. The path has slashes of its own",
    query: noQuery,
    answers: {
      200: [
        { meaning: "The description.", shape: fileAnswer },
        { meaning: "The bytes.", type: FILE_TYPES[0] },
        ...FILE_TYPES.slice(1).map((type) => ({ meaning: "", type })),
      ],
      206: [
        { meaning: "The bytes of the range.", type: FILE_TYPES[0] },
        ...FILE_TYPES.slice(1).map((type) => ({ meaning: "", type })),
      ],
      304: { meaning: "Nothing has changed." },
    },
    problems: ["file_not_found", "range_not_satisfiable"],
    ranges: true,
  },
  {
    method: "delete",
    path: "/api/files/{path}",
    id: "deleteFile",
    tag: "Files",
    summary: "Delete a file: one's own, or any as a moderator",
    answers: {
      200: { meaning: "The file as it was.", shape: deletedFileAnswer },
      204: { meaning: "Done; with Prefer: return=minimal." },
      ...toForms,
    },
    problems: ["origin_not_allowed", "file_not_found", "precondition_failed"],
    limit: "changes",
    conditional: true,
    role: "author",
  },
];
