import type { InputHTMLAttributes, ReactNode, TextareaHTMLAttributes } from 'react';

type FieldProps = { label: string; name: string; hint?: ReactNode; error?: string };

/** Label, control, hint and error, tied together for readers of every kind. */
export function TextField({
  label,
  name,
  hint,
  error,
  className,
  ...input
}: FieldProps & Omit<InputHTMLAttributes<HTMLInputElement>, 'name'>) {
  return (
    <FieldFrame label={label} name={name} hint={hint} error={error}>
      <input
        {...input}
        aria-describedby={describedBy(name, hint, error)}
        aria-invalid={error ? true : undefined}
        className={`control ${className ?? ''}`}
        id={fieldId(name)}
        name={name}
      />
    </FieldFrame>
  );
}

export function TextArea({
  label,
  name,
  hint,
  error,
  className,
  ...input
}: FieldProps & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'name'>) {
  return (
    <FieldFrame label={label} name={name} hint={hint} error={error}>
      <textarea
        {...input}
        aria-describedby={describedBy(name, hint, error)}
        aria-invalid={error ? true : undefined}
        className={`control ${className ?? ''}`}
        id={fieldId(name)}
        name={name}
      />
    </FieldFrame>
  );
}

export function FieldFrame({ label, name, hint, error, children }: FieldProps & { children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <label className="font-medium" htmlFor={fieldId(name)}>
        {label}
      </label>
      {children}
      {error && (
        <p className="text-sm text-danger" id={`${fieldId(name)}-error`}>
          {error}
        </p>
      )}
      {hint && (
        <p className="text-sm text-muted" id={`${fieldId(name)}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export function fieldId(name: string): string {
  return `field-${name}`;
}

export function describedBy(name: string, hint: ReactNode, error: string | undefined): string | undefined {
  const ids = [error && `${fieldId(name)}-error`, hint && `${fieldId(name)}-hint`].filter(Boolean);
  return ids.length > 0 ? ids.join(' ') : undefined;
}
