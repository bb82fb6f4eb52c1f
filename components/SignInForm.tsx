import { type ComponentProps, type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { Field } from "@/components/Field";
import { useTexts } from "@/components/LanguageContext";
import { type Refusal, toRefusal } from "@/components/refusal";
import type { Notice } from "@/lib/notices";

interface Props {
  /** Where the browser sends it without JavaScript. */
  action: string;
  /** How it is sent with it: the fields by their names. */
  send: (fields: Record<string, string>) => Promise<unknown>;
  /** What goes along unseen. */
  hidden: Record<string, string>;
  fields: Omit<ComponentProps<typeof Field>, "wrong">[];
  /** A path on this server, once it is done. */
  next: string;
  notice: Notice | null;
  /** Where the focus goes when the refusal blames no field. */
  focus: string;
  children: ReactNode;
}

/**
 * A form that signs in. Without JavaScript the browser sends it and is led on; with it, a refusal is said in place and
 * what was typed stays.
 */
export function SignInForm(props: Props) {
  const { action, send, hidden, fields, next, notice: first, focus, children } = props;
  const t = useTexts();
  const [notice, setNotice] = useState(first);
  const [sending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const id = useId();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (sending || !form.current) return;
    const data = new FormData(form.current);
    const names = [...Object.keys(hidden), ...fields.map(({ name }) => name)];
    setSending(true);
    try {
      await send(Object.fromEntries(names.map((name) => [name, String(data.get(name))])));
      window.location.assign(next);
    } catch (error) {
      refuse(toRefusal(t, error), form.current);
    }
  };

  const refuse = ({ text, field }: Refusal, { elements }: HTMLFormElement) => {
    setSending(false);
    setNotice({ kind: "refused", text, field });
    const blamed = elements.namedItem(field ?? focus);
    if (blamed instanceof HTMLInputElement) {
      blamed.focus();
      blamed.select();
    }
  };

  return (
    <form ref={form} className="sign-in" method="post" action={action} onSubmit={submit} aria-busy={sending}>
      {Object.entries({ ...hidden, next }).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <div id={`${id}-notice`} role="alert">
        {notice && notice.field === null && <p className={`notice ${notice.kind}`}>{notice.text}</p>}
      </div>
      {fields.map((field) => (
        <Field key={field.name} {...field} wrong={notice?.field === field.name ? notice.text : null} />
      ))}
      <p>
        <button type="submit" aria-disabled={sending}>
          {sending ? t("moment") : children}
        </button>
      </p>
    </form>
  );
}
