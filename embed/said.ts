import type { Discussion } from "@/embed/Discussion";
import { Refused } from "@/embed/fragment";
import { make } from "@/embed/make";
import { ApiError } from "@/lib/client/error";

/** Tells the page, and returns in the reader's words, what was refused, or that the server can't be reached; and the field to blame. `unknown`: the text for the latter. */
export function toSaid(
  { t, tell }: Pick<Discussion, "t" | "tell">,
  error: unknown,
  unknown = "unknown",
): { text: string; field: string } {
  const problem: Partial<ApiError> = error instanceof ApiError ? error : {};
  const { code = "unknown", issues, retryAfter } = problem;
  const field = String(issues?.[0]?.path[0] ?? "");
  const values = { code, count: retryAfter ?? 60, origin: location.origin };
  const known = [`error.${code}.${field}`, `error.${code === "unknown" ? unknown : code}`].find(
    (key) => key in t.messages,
  );
  const text = error instanceof Refused ? error.message : t(known ?? "error", values);
  tell("error", { code, message: text });
  return { text, field };
}

/** Says in a form what became of it, and marks the field that is to blame; "" takes back what was said. */
export function sayIn(form: Element, kind: "refused" | "done", text: string, field = ""): void {
  const said = form.querySelector<HTMLElement>(".said");
  if (!said) return;
  const speaker = kind === "done" ? "status" : "alert";
  for (const place of said.children)
    place.replaceChildren(
      ...(text && place.role === speaker ? [make("p", { className: `notice ${kind}` }, text)] : []),
    );
  for (const wrong of form.querySelectorAll("[aria-invalid]"))
    for (const name of ["aria-invalid", "aria-describedby"]) wrong.removeAttribute(name);
  const blamed = field && form.querySelector<HTMLElement>(`[name="${field}"]`);
  if (!blamed) return;
  blamed.ariaInvalid = "true";
  blamed.setAttribute("aria-describedby", said.id);
  blamed.focus();
}
