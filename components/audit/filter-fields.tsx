import type { InputHTMLAttributes, ReactNode } from 'react';

type TextFilterProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'value'> & {
  label: string;
  name: string;
  value: string | undefined;
};

export function TextFilter({ label, value, className = '', ...input }: TextFilterProps) {
  return (
    <FilterField label={label}>
      <input {...input} className={`control ${className}`} defaultValue={value} spellCheck={false} />
    </FilterField>
  );
}

type SelectFilterProps = { name: string; value: string; options: { value: string; text: string }[] };

/** For use in a FilterField. */
export function SelectFilter({ name, value: chosen, options }: SelectFilterProps) {
  return (
    <select className="control w-40" defaultValue={chosen} name={name}>
      {options.map(({ value, text }) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}

export function FilterField({ label, children }: { label: string; children: ReactNode }) {
  return (
    <label className="flex flex-col gap-1 text-sm text-muted">
      {label}
      {children}
    </label>
  );
}
