import type { GetServerSidePropsContext } from "next";
import type { Translator } from "@/components/thread/translator";
import { readParameter } from "@/lib/http/serverSide";
import { PROBLEMS } from "@/lib/problems";
import { tellProblem } from "@/lib/tellProblem";
import { ASKED, ASKED_LATER } from "@/lib/thanks";

/** What a page says about the form that led to it. `field`: the name of the field that is to blame. */
export interface Notice {
  kind: "refused" | "held";
  text: string;
  field: string | null;
}

/** The fields of the comment form, and what may be wrong with each. */
const FIELDS: Record<string, string> = {
  comment: "The comment is blank, too long, or more deeply nested than can be shown.",
  author: "The name is too long, or has characters in it that can’t be shown.",
  email: "This is not an e-mail address. You may leave it out.",
  website: "The website must begin with http:// or https://. You may leave it out.",
  notify: "To hear of replies, fill in your e-mail address; else take the tick away.",
};

/**
 * What `?error=…&field=…` or `?held=1` ask to be said: sentences of ours only, picked by known names, since anybody
 * can make a link. Null where there is nothing to say.
 */
export function readNotice(context: GetServerSidePropsContext): Notice | null {
  const asked = readParameter(context, "notify") === "asked";
  if (readParameter(context, "held") === "1") return toThanks(true, asked);
  if (asked && readParameter(context, "error") === undefined) return toThanks(false, true);
  const notice = readEnglish(context, FIELDS);
  return (
    notice && { ...notice, text: `${notice.text} Your browser’s Back button still holds what you typed.` }
  );
}

/** The same for a form whose `fields` are known by these names, which nobody holds for a moderator; as `t` says it. */
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

function readEnglish(context: GetServerSidePropsContext, fields: Record<string, string>): Notice | null {
  const sentence = sentenceOf(readParameter(context, "error"));
  if (sentence === undefined) return null;
  const field = readParameter(context, "field") ?? "";
  const hint = Object.hasOwn(fields, field) ? fields[field] : undefined;
  return { kind: "refused", text: hint ?? `${sentence}.`, field: hint === undefined ? null : field };
}

const HELD = "Thank you. Your comment waits for a moderator, and appears here once it is approved.";

/** What is said about a comment that was taken. `asked`: its author is asked by mail whether to hear of replies. */
function toThanks(held: boolean, asked: boolean): Notice {
  const text = held ? HELD : "Thank you. Your comment is here.";
  return { kind: "held", text: asked ? `${text} ${held ? ASKED_LATER : ASKED}` : text, field: null };
}

function sentenceOf(code: string | undefined): string | undefined {
  return Object.entries(PROBLEMS).find(([known]) => known === code)?.[1][1];
}
