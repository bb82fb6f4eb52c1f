import type { GetServerSidePropsContext } from "next";
import { readIdParameter, readParameter } from "@/lib/http/serverSide";
import { PROBLEMS } from "@/lib/problems";
import { tellProblem } from "@/lib/tellProblem";
import type { Translator } from "@/lib/translator";

/** What a page says about the form that led to it. `field`: the name of the field that is to blame. */
export interface Notice {
  kind: "refused" | "held";
  text: string;
  field: string | null;
}

/** What a page says of a form on its thread: keys of `public/languages`, one after the other. */
export interface ThreadNotice {
  kind: "refused" | "done";
  says: string[];
  /** The problem's; null where all went well. */
  code: string | null;
  field: string | null;
}

/** The fields of the forms of a thread that may be to blame. */
const FIELDS = new Set(["comment", "author", "email", "website", "notify", "reason", "note"]);
/** After these it is of no use to type it again. */
const IN_VAIN = /^(?:comments_closed|edit_window_closed|unauthorized|cross_site|own_comment|\w+_not_found)$/;

/**
 * What `?error=…&field=…`, `held`, `voted`, `reported`, `deleted` and `notify` ask to be said about a thread's form.
 * Anybody can make a link, so it is sentences of ours only, picked by known names. Null where there is nothing to say.
 */
export function readThreadNotice(context: GetServerSidePropsContext): ThreadNotice | null {
  const code = readParameter(context, "error");
  if (code !== undefined)
    return Object.hasOwn(PROBLEMS, code) ? toRefusal(code, readParameter(context, "field")) : null;
  const asked = readParameter(context, "notify") === "asked";
  const done = (...says: string[]): ThreadNotice => ({ kind: "done", says, code: null, field: null });
  if (readParameter(context, "held") === "1") return done("thanksHeld", ...(asked ? ["askedLater"] : []));
  if (asked) return done("thanks", "asked");
  if (readParameter(context, "deleted") === "1") return done("thanksDelete");
  if (readIdParameter(context, "reported") !== undefined) return done("thanksReport");
  return readVoted(context) === null ? null : done("thanksVote");
}

/** The vote that led here, as the address tells it: `-3` is one against comment 3. */
export function readVoted(context: GetServerSidePropsContext): { id: number; value: 1 | -1 } | null {
  const [, sign, id] = /^(-?)([1-9]\d{0,14})$/.exec(readParameter(context, "voted") ?? "") ?? [];
  return id === undefined ? null : { id: Number(id), value: sign === "-" ? -1 : 1 };
}

function toRefusal(code: string, blamed: string | undefined): ThreadNotice {
  const field = code === "invalid_input" && blamed !== undefined && FIELDS.has(blamed) ? blamed : null;
  const key = field === null ? `error.${code}` : `error.${code}.${field}`;
  return { kind: "refused", says: IN_VAIN.test(code) ? [key] : [key, "back"], code, field };
}

/** What `?error=…&field=…` ask to be said of another form, whose `fields` are known by these names; as `t` says it. */
export function readRefusal(
  context: GetServerSidePropsContext,
  t: Translator,
  fields: string[] = [],
): Notice | null {
  const code = readParameter(context, "error");
  if (code === undefined || !Object.hasOwn(PROBLEMS, code)) return null;
  const field = fields.find((name) => name === readParameter(context, "field")) ?? null;
  return { kind: "refused", text: field === null ? tellProblem(t, code) : t(`wrong.${field}`), field };
}
