'use client';

import { BANNER_FILLS, BANNER_NAMES } from './banner-colours.ts';
import { useFieldError, useFieldValue } from '../forms/action-state.tsx';

const NAME = 'bannerColour';

/** Chooses the colour of the strip at the top of the publisher's page. */
export function BannerField({ defaultValue }: { defaultValue: string }) {
  const chosen = useFieldValue(NAME, defaultValue);
  const error = useFieldError([NAME]);
  const choices = [['', 'None'], ...Object.entries(BANNER_NAMES)] as const;
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Banner colour</legend>
      <div className="flex flex-wrap gap-2">
        {choices.map(([value = '', text]) => (
          <label
            className="flex min-h-9 items-center gap-2 rounded-md border border-line px-2.5 has-checked:border-accent"
            key={value}
          >
            <input className="accent-accent" defaultChecked={chosen === value} name={NAME} type="radio" value={value} />
            {value in BANNER_FILLS && (
              <span
                aria-hidden="true"
                className={`size-4 rounded ${BANNER_FILLS[value as keyof typeof BANNER_FILLS]}`}
              />
            )}
            {text}
          </label>
        ))}
      </div>
      {error && <p className="text-sm text-danger">{error}</p>}
    </fieldset>
  );
}
