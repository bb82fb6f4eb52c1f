import type { Operation } from "@/lib/operations/operation";
import * as shapes from "@/lib/schemas/moderation";
import { noQuery } from "@/lib/schemas/queries";

const toForms = { 303: { meaning: "To a browser's own form: the front page." } };
const unchanged = { 304: { meaning: "Nothing has changed." } };

export const moderationOperations: Operation[] = [
  {
    method: "get",
    path: "/api/moderation",
    id: "getModerationQueue",
    tag: "Moderation",
    summary: "What waits for a moderator, and what was reported, oldest first",
    query: shapes.queueQuery,
    answers: {
      200: { meaning: "The comments, with why each is there.", shape: shapes.decidedAnswer },
      ...unchanged,
    },
    role: "moderator",
  },
  {
    method: "post",
    path: "/api/moderation",
    id: "decideOnComments",
    tag: "Moderation",
    summary: "Approve, delete or restore up to 100 comments, or mark them as spam: all of them or none",
    body: shapes.decision,
    answers: {
      200: { meaning: "The comments, in the order asked.", shape: shapes.decidedAnswer },
      ...toForms,
    },
    problems: ["comment_not_found", "not_restorable", "origin_not_allowed"],
    limit: "changes",
    role: "moderator",
  },
  {
    method: "get",
    path: "/api/rules",
    id: "listRules",
    tag: "Moderation",
    summary: "The rules that hold or block comments, oldest first",
    query: shapes.queueQuery,
    answers: { 200: { meaning: "The rules.", shape: shapes.rulesAnswer }, ...unchanged },
    role: "moderator",
  },
  {
    method: "post",
    path: "/api/rules",
    id: "createRule",
    tag: "Moderation",
    summary: "Make a rule, which holds from the next comment on",
    body: shapes.newRule,
    answers: { 201: { meaning: "The rule.", shape: shapes.ruleAnswer }, ...toForms },
    problems: ["origin_not_allowed"],
    limit: "changes",
    role: "moderator",
  },
  {
    method: "delete",
    path: "/api/rules",
    id: "deleteRule",
    tag: "Moderation",
    summary: "Delete a rule",
    query: shapes.ruleQuery,
    answers: {
      200: { meaning: "The rule as it was.", shape: shapes.deletedRuleAnswer },
      204: { meaning: "Done; with Prefer: return=minimal." },
      ...toForms,
    },
    problems: ["rule_not_found", "origin_not_allowed"],
    limit: "changes",
    role: "moderator",
  },
  {
    method: "get",
    path: "/api/audit",
    id: "listAudit",
    tag: "Moderation",
    summary: "Who did what, when, newest first",
    query: shapes.auditQuery,
    answers: { 200: { meaning: "The entries.", shape: shapes.auditEntry.array() }, ...unchanged },
    role: "moderator",
  },
  {
    method: "post",
    path: "/api/audit/{id}/undo",
    id: "undo",
    tag: "Moderation",
    summary: "Take back what an entry says",
    body: noQuery,
    answers: { 200: { meaning: "The entry that says so.", shape: shapes.auditEntry }, ...toForms },
    problems: ["entry_not_found", "not_undoable", "origin_not_allowed"],
    limit: "changes",
    role: "moderator",
  },
];
