import type { Operation } from "@/lib/operations/operation";
import * as links from "@/lib/schemas/links";
import { noQuery } from "@/lib/schemas/queries";
import * as shapes from "@/lib/schemas/sessions";
import { sessionAnswer } from "@/lib/schemas/users";

const unchanged = { 304: { meaning: "Nothing has changed." } };

export const sessionOperations: Operation[] = [
  {
    method: "post",
    path: "/api/session",
    id: "signIn",
    tag: "Sign-in",
    summary: "Sign in with e-mail address and password",
    body: shapes.credentials,
    answers: {
      201: { meaning: "Signed in; the cookie proves it from now on.", shape: sessionAnswer },
      303: { meaning: "A browser’s own form: to `next`, or back to the sign-in page." },
    },
    problems: ["sign_in_failed", "cross_site"],
    limit: "sign-ins",
  },
  {
    method: "get",
    path: "/api/session",
    id: "getSession",
    tag: "Sign-in",
    summary: "Who am I?",
    query: noQuery,
    answers: { 200: { meaning: "You.", shape: sessionAnswer }, ...unchanged },
    role: "member",
  },
  {
    method: "delete",
    path: "/api/session",
    id: "signOut",
    tag: "Sign-in",
    summary: "Sign out",
    body: shapes.signOut,
    answers: {
      204: { meaning: "Signed out, or was not signed in." },
      303: { meaning: "A browser’s own form: to `next`." },
    },
  },
  {
    method: "get",
    path: "/api/sessions",
    id: "listSessions",
    tag: "Sign-in",
    summary: "Where I am signed in, newest first",
    query: noQuery,
    answers: { 200: { meaning: "My sessions.", shape: shapes.sessionEntry.array() }, ...unchanged },
    role: "member",
    problems: ["forbidden"],
  },
  {
    method: "delete",
    path: "/api/sessions",
    id: "endSessions",
    tag: "Sign-in",
    summary: "End my other sessions, or the one that is named",
    query: shapes.sessionsQuery,
    answers: {
      200: { meaning: "They are over.", shape: shapes.sessionsEnded },
      204: { meaning: "The same, asked for without a body." },
    },
    problems: ["forbidden", "session_not_found"],
    role: "member",
  },
  {
    method: "post",
    path: "/api/password-reset",
    id: "askPasswordReset",
    tag: "Sign-in",
    summary: "Have a link mailed that takes a new password",
    body: links.resetAsked,
    answers: {
      202: { meaning: "The same whether or not there is such an account.", shape: links.askedAnswer },
      303: { meaning: "A browser’s own form: to a page that says so." },
    },
    problems: ["mail_off", "cross_site"],
    limit: "mailed-links",
  },
  {
    method: "put",
    path: "/api/password-reset",
    id: "resetPassword",
    tag: "Sign-in",
    summary: "Take a new password by a mailed link",
    body: links.newPasswordByLink,
    answers: {
      200: {
        meaning: "All sessions are over; sign in with the new one.",
        shape: links.passwordChangedAnswer,
      },
      303: { meaning: "A browser’s own form: to sign in." },
    },
    problems: ["link_over"],
    limit: "links",
  },
];
