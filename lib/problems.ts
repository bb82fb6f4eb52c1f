import { STATUS_CODES } from "node:http";

/** Every error of the API: its stable code, its status, and its sentence. docs/problems.md has a heading for each. */
export const PROBLEMS = {
  bad_request: [400, "The request can't be understood"],
  invalid_input: [400, "Invalid input"],
  malformed_json: [400, "The body is not JSON"],
  malformed_body: [400, "The body can't be read"],
  invalid_idempotency_key: [
    400,
    "The Idempotency-Key must have 1 to 255 characters, and 16 or more from a guest",
  ],
  file_damaged: [400, "The file is damaged"],
  unauthorized: [401, "Unauthorized"],
  sign_in_failed: [401, "The e-mail address or the password is wrong"],
  bad_signature: [401, "The signature of this message is missing, or wrong"],
  stale_message: [401, "This message is too old, or from the future"],
  forbidden: [403, "You may not do this"],
  insufficient_scope: [403, "This token may only read"],
  cross_site: [403, "This must come from this server's own pages, or with a token"],
  setup_done: [403, "This setup link was used, or is too old"],
  link_over: [403, "This link was used, or is too old"],
  origin_not_allowed: [403, "This site may not comment here; add its origin to the setting ALLOWED_ORIGINS"],
  comments_closed: [403, "Comments on this post are closed"],
  edit_window_closed: [403, "The time to edit or delete this comment is over"],
  blocked: [403, "This comment is not accepted here"],
  own_comment: [403, "Nobody votes on their own comment"],
  name_reserved: [
    403,
    "This name or e-mail address belongs to somebody with an account; sign in, or use another",
  ],
  hooks_off: [403, "Posts are not taken from outside here; set HOOK_SECRET"],
  wrong_password: [403, "The current password is wrong"],
  not_found: [404, "Not found"],
  post_not_found: [404, "Post not found"],
  comment_not_found: [404, "Comment not found"],
  rule_not_found: [404, "Rule not found"],
  entry_not_found: [404, "Audit entry not found"],
  session_not_found: [404, "Session not found"],
  user_not_found: [404, "User not found"],
  token_not_found: [404, "Token not found"],
  file_not_found: [404, "File not found"],
  webhook_not_found: [404, "Webhook not found"],
  delivery_not_found: [404, "Delivery not found"],
  subscription_not_found: [404, "Subscription not found"],
  method_not_allowed: [405, "This method is not allowed here"],
  not_acceptable: [406, "There is no answer of a type that you accept"],
  slug_taken: [409, "Another post has this slug, or had it"],
  page_taken: [409, "Another post stands for this page already"],
  email_taken: [409, "Somebody has this e-mail address already"],
  name_taken: [409, "Somebody has this name already"],
  last_admin: [409, "This is the only admin; make another one first"],
  parent_deleted: [409, "The comment that this answers was deleted"],
  not_restorable: [409, "This comment was deleted for good"],
  not_undoable: [409, "This can't be undone, or no more"],
  file_path_taken: [409, "There is another file of that path"],
  mail_off: [409, "This server sends no mail; set SMTP_URL, MAIL_FROM and PUBLIC_URL"],
  too_many_webhooks: [409, "There are 50 webhooks already; delete one first"],
  precondition_failed: [412, "It has changed since you read it"],
  payload_too_large: [413, "The body is too large"],
  file_quota_exceeded: [413, "There is no room left for files; delete some, or raise FILES_QUOTA"],
  unsupported_media_type: [415, "The body must be JSON or a form, in UTF-8"],
  file_type_not_allowed: [415, "Only PNG, JPEG, GIF, WebP and AVIF pictures, PDF and plain text are taken"],
  range_not_satisfiable: [416, "The file has no bytes in that range"],
  idempotency_key_reused: [422, "This Idempotency-Key was used for another request"],
  parent_not_found: [422, "The comment that this answers does not exist"],
  parent_of_other_post: [422, "The comment that this answers belongs to another post"],
  rate_limited: [429, "Too many requests; try again later"],
  internal_error: [500, "Internal server error"],
  unavailable: [503, "The server can't do this now; try again soon"],
  overloaded: [503, "The server has too much to do now; try again soon"],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface Issue {
  path: PropertyKey[];
  code: string;
  message: string;
}

/** What a handler throws. The router answers it as a problem document (RFC 9457). */
export class Problem extends Error {
  override name = "Problem";
  constructor(
    readonly code: ProblemCode,
    /** `error`: a more telling sentence. `headers`: for the answer. */
    readonly more: { error?: string; issues?: Issue[]; headers?: Record<string, string | number> } = {},
  ) {
    super(more.error ?? PROBLEMS[code][1]);
  }
}

/** The 400 for one member that is wrong. `code`: Zod's, or one of our own. */
export function invalid(member: string, message: string, code = "custom"): Problem {
  return new Problem("invalid_input", { issues: [{ path: [member], code, message }] });
}

/** The 429 for who may try again after so many milliseconds. */
export function tooMany(retryAfter: number): Problem {
  return new Problem("rate_limited", { headers: { "Retry-After": Math.ceil(retryAfter / 1000) } });
}

/** The body of an error answer, in the contract's form. */
export function problemDocument(
  code: ProblemCode,
  requestId: string,
  more: { error?: string; issues?: Issue[] } = {},
): { status: number; body: string } {
  const [status, sentence] = PROBLEMS[code];
  const { error = sentence, issues } = more;
  const type = `/docs/problems#${code.replaceAll("_", "-")}`;
  return {
    status,
    body: JSON.stringify({ type, title: STATUS_CODES[status], status, error, code, requestId, issues }),
  };
}
