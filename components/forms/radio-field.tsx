'use client';

import { useFieldValue } from './action-state.tsx';

type RadioFieldProps = {
  label: string;
  name: string;
  defaultValue: string;
  choices: { value: string; title: string; text: string }[];
};

/** A choice between few alternatives that need a sentence each. */
export function RadioField({ label, name, defaultValue, choices }: RadioFieldProps) {
  const chosen = useFieldValue(name, defaultValue);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium">{label}</legend>
      {choices.map(({ value, title, text }) => (
        <label
          className="flex items-start gap-2.5 rounded-md border border-line p-3 has-checked:border-accent"
          key={value}
        >
          <input
            className="mt-1 accent-accent"
            defaultChecked={chosen === value}
            name={name}
            type="radio"
            value={value}
          />
          <span>
            <span className="block font-medium">{title}</span>
            <span className="text-sm text-muted">{text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
