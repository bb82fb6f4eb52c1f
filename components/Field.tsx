import { type ComponentProps, useId } from "react";

interface Props extends ComponentProps<"input"> {
  name: string;
  label: string;
  hint?: string;
  /** What is wrong with what was typed. */
  wrong: string | null;
}

/** A field that has to be filled in, with its name, what to know of it, and what is wrong with it. */
export function Field({ name, label, hint, wrong, ...rest }: Props) {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, wrong !== null && `${id}-wrong`].filter(Boolean);
  return (
    <p>
      <label htmlFor={id}>{label}</label>
      <input
        // What is no word runs one way in every language.
        dir={rest.type === undefined ? "auto" : "ltr"}
        {...rest}
        id={id}
        name={name}
        required
        aria-invalid={wrong !== null || undefined}
        aria-describedby={describedBy.join(" ") || undefined}
      />
      {wrong !== null && (
        <span className="wrong" id={`${id}-wrong`} role="alert">
          {wrong}
        </span>
      )}
      {hint && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </p>
  );
}
