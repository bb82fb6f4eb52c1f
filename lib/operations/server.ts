import type { Operation } from "@/lib/operations/operation";
import { exportLine, exportQuery } from "@/lib/schemas/exports";
import { noQuery } from "@/lib/schemas/queries";
import * as shapes from "@/lib/schemas/server";

export const serverOperations: Operation[] = [
  {
    method: "get",
    path: "/api/health",
    id: "getHealth",
    tag: "Server",
    summary: "Whether the server works; with `ready`, whether the database does",
    query: shapes.healthQuery,
    answers: { 200: { meaning: "It does.", shape: shapes.healthAnswer } },
  },
  {
    method: "get",
    path: "/api/metrics",
    id: "getMetrics",
    tag: "Server",
    summary: "What the server counts, for Prometheus; METRICS_TOKEN reads it, too",
    query: noQuery,
    answers: { 200: { meaning: "The text format, version 0.0.4.", type: "text/plain" } },
    role: "admin",
  },
  {
    method: "get",
    path: "/api/export",
    id: "exportSite",
    tag: "Server",
    summary: "Everything, as lines from which `npm run restore` makes it again",
    query: exportQuery,
    answers: {
      200: {
        meaning: "One JSON object on each line, of this shape.",
        type: "application/x-ndjson",
        shape: exportLine,
      },
    },
    role: "admin",
  },
  {
    method: "get",
    path: "/api/hello",
    id: "sayHello",
    alone: true,
    tag: "Server",
    summary: "Is anybody there?",
    query: noQuery,
    answers: { 200: { meaning: "Yes.", shape: shapes.helloAnswer } },
  },
  {
    method: "get",
    path: "/api/openapi.json",
    id: "getOpenApi",
    alone: true,
    tag: "Server",
    summary: "This document",
    query: noQuery,
    answers: {
      200: { meaning: "OpenAPI 3.1.", shape: shapes.openApiAnswer },
      304: { meaning: "Nothing has changed." },
    },
  },
];
