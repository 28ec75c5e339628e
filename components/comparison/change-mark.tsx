import type { ReactNode } from 'react';

type Change = 'removed' | 'added' | 'changed';

const MARKS = {
  removed: { sign: '−', name: 'Removed', tone: 'text-danger' },
  added: { sign: '+', name: 'Added', tone: 'text-accent' },
  changed: { sign: '~', name: 'Changed', tone: 'text-warning' },
} as const;

/** A sign that doesn't rely on its color. */
export function ChangeMark({ change }: { change: Change }) {
  const { sign, name, tone } = MARKS[change];
  return (
    <span className={`w-3 shrink-0 font-mono font-semibold select-none ${tone}`} title={name}>
      <span aria-hidden="true">{sign}</span>
      <span className="sr-only">{name}: </span>
    </span>
  );
}

const BACKGROUNDS = { removed: 'bg-danger-soft', added: 'bg-accent-soft', changed: '' } as const;

/** A row of a list of changes. */
export function ChangeRow({ change, children }: { change: Change; children: ReactNode }) {
  return (
    <div className={`flex items-start gap-2 px-3 py-1.5 ${BACKGROUNDS[change]}`}>
      <ChangeMark change={change} />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
