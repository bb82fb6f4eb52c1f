import type { Rule } from "@/db/port/moderation";
import {
  type Candidate,
  countImages,
  countLinks,
  type Finding,
  type Phase,
} from "@/lib/moderation/candidate";
import { fold, toNeedle } from "@/lib/moderation/fold";
import { fits } from "@/lib/moderation/glob";
import { isOf } from "@/lib/moderation/networks";

type Match = (candidate: Candidate, rule: Rule, folded: () => string) => boolean;

/** What each kind of rule looks for, and how that is said. */
const KINDS: Record<Rule["kind"], { matches: Match; says: string }> = {
  newcomer: { matches: ({ facts }) => !facts.trusted, says: "is by somebody new" },
  links: { matches: ({ text }, { max }) => countLinks(text.html) > (max ?? 0), says: "has too many links" },
  images: { matches: ({ text }, { max }) => countImages(text) > (max ?? 0), says: "has too many images" },
  words: {
    matches: (_candidate, rule, folded) => needlesOf(rule).some((needle) => folded().includes(needle)),
    says: "has words of a list",
  },
  email: {
    matches: ({ email }, { pattern }) => email !== null && pattern !== null && fits(pattern, email),
    says: "has an e-mail address of a pattern",
  },
  network: {
    matches: ({ remote }, { pattern }) => remote !== null && pattern !== null && isOf(remote, pattern),
    says: "comes from a network",
  },
};

const needles = new WeakMap<Rule, string[]>();

/** Folded once: the store hands out the same rules until somebody changes them. */
function needlesOf(rule: Rule): string[] {
  const known = needles.get(rule) ?? (rule.words ?? []).map(toNeedle);
  needles.set(rule, known);
  return known;
}

/** The moderators' own rules, in the order they were made. Those that are over say nothing. */
export const ofModerators: Phase = (candidate) => {
  const { facts, at } = candidate;
  let known: string | undefined;
  const folded = () => {
    known ??= fold(everythingSaid(candidate));
    return known;
  };
  return facts.rules
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > at)
    .filter((rule) => KINDS[rule.kind].matches(candidate, rule, folded))
    .map(
      ({ id, kind, action }): Finding => ({
        verdict: action,
        rule: kind,
        reason: `${KINDS[kind].says} (rule ${id})`,
      }),
    );
};

/** As written, and as shown: `via**gra**` is one word to readers. */
function everythingSaid({ text, author, website }: Candidate): string {
  const shown = text.html.replace(/<[^<>]*>/g, "");
  return [text.comment, shown, author, website ?? ""].join("\n");
}
