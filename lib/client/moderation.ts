import { at, toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, Input, Query } from "@/lib/client/call";
import type * as shapes from "@/lib/schemas/moderation";

type Decided = Answer<typeof shapes.decidedAnswer>;
type Rule = Answer<typeof shapes.ruleAnswer>;
type Entry = Answer<typeof shapes.auditEntry>;

/** What waits for a moderator, and what was reported. */
export function moderation({ one, list }: Caller) {
  return {
    queue: (query: Query<typeof shapes.queueQuery> = {}, options?: CallOptions) =>
      list<Decided[number]>(at("moderation") + toQuery(query), options),
    /** All of them, or none. */
    decide: (decision: Input<typeof shapes.decision>, options?: CallOptions) =>
      one<Decided>("POST", at("moderation"), decision, options),
  };
}

/** The rules that hold or block comments. */
export function rules({ one, list }: Caller) {
  return {
    list: (query: Query<typeof shapes.queueQuery> = {}, options?: CallOptions) =>
      list<Rule>(at("rules") + toQuery(query), options),
    create: (rule: Input<typeof shapes.newRule>, options?: CallOptions) =>
      one<Rule>("POST", at("rules"), rule, options),
    delete: (id: number, options?: CallOptions) =>
      one<Answer<typeof shapes.deletedRuleAnswer>>(
        "DELETE",
        at("rules") + toQuery({ id }),
        undefined,
        options,
      ),
  };
}

/** Who did what, when. */
export function audit({ one, list }: Caller) {
  return {
    list: (query: Query<typeof shapes.auditQuery> = {}, options?: CallOptions) =>
      list<Entry>(at("audit") + toQuery(query), options),
    /** Takes back what the entry says; the entry that says so. */
    undo: (id: number, options?: CallOptions) =>
      one<Entry>("POST", at("audit", id, "undo"), undefined, options),
  };
}
