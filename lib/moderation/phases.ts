import type { Config } from "@/lib/config";
import { countImages, countLinks, type Finding, type Phase } from "@/lib/moderation/candidate";
import { ofModerators } from "@/lib/moderation/ofModerators";
import { TOO_FAST } from "@/lib/moderation/stamp";

/** As many links as an approved comment vouches for that no moderator has seen: spam likes to come second. */
const FEW = 2;

const hold = (rule: string, reason: string): Finding => ({ verdict: "hold", rule, reason });

const trap: Phase = ({ trap }) =>
  trap ? { verdict: "spam", rule: "trap", reason: "filled in a field that people don't see" } : null;

const links: Phase = ({ text }) => (countLinks(text.html) > 0 ? hold("links", "has links") : null);

const manyLinks: Phase = ({ text, facts }) =>
  facts.trusted && !facts.standing && countLinks(text.html) > FEW
    ? hold("links", "has many links, and no moderator knows its author")
    : null;

const images: Phase = ({ text }) => (countImages(text) > 0 ? hold("images", "has images") : null);

const repetition: Phase = ({ facts }) => (facts.repeated ? hold("repeated", "repeats a text") : null);

const tooFast: Phase = ({ age }) => {
  if (age === "forged") return hold("stamp", "has a stamp that this server did not make");
  return age !== null && age < TOO_FAST ? hold("fast", "was written faster than people write") : null;
};

const everything: Phase = () => hold("all", "every comment waits for a moderator");

/** Only for those whom no approved comment vouches for. */
const fromNewcomers =
  (phase: Phase): Phase =>
  (candidate) =>
    candidate.facts.trusted ? null : phase(candidate);

const suspicion: readonly Phase[] = [links, images, repetition, tooFast];

/**
 * The rules of each policy, in order. Length and blankness come before (the body's shape), a closed post after (the
 * store, in the same transaction as the comment).
 */
export const PHASES: Record<Config["moderation"], readonly Phase[]> = {
  open: [trap, ofModerators],
  first: [trap, ofModerators, ...suspicion.map(fromNewcomers), manyLinks],
  all: [trap, ofModerators, ...suspicion, everything],
};
