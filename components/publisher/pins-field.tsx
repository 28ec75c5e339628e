'use client';

import { useId } from 'react';
import { TextField } from '../forms/text-field.tsx';

type PinsFieldProps = {
  pins: string[];
  /** Names to suggest. */
  names: string[];
  max: number;
};

/** A field for each pin, named `pin1` and so on. Empty ones are skipped. */
export function PinsField({ pins, names, max }: PinsFieldProps) {
  const listId = useId();
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Pinned repositories</legend>
      <p className="mb-2 text-sm text-muted">Public repositories, without the alias. They come first on the page</p>
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        {Array.from({ length: max }, (_, i) => (
          <TextField
            defaultValue={pins[i] ?? ''}
            errorKeys={[`pins.${i}`]}
            isCode
            key={i}
            label={`Pin ${i + 1}`}
            list={listId}
            maxLength={200}
            name={`pin${i + 1}`}
          />
        ))}
      </div>
      <datalist id={listId}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </fieldset>
  );
}
