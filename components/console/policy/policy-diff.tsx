import type { DiffLine } from '#lib/repositories/policies/diff-lines.ts';

const CHANGES = {
  same: { sign: ' ', name: '', className: '' },
  added: { sign: '+', name: 'Added', className: 'bg-accent-soft' },
  removed: { sign: '−', name: 'Removed', className: 'bg-danger-soft' },
} as const;

/** What a change adds to a text and removes from it. Scrolls by itself, because lines mustn't wrap. */
export function PolicyDiff({ lines, label }: { lines: readonly DiffLine[]; label: string }) {
  return (
    <div
      aria-label={label}
      className="max-h-96 overflow-auto rounded-md border border-line font-mono text-sm"
      role="region"
      // Keyboards scroll it.
      tabIndex={0}
    >
      <table className="w-full border-collapse">
        <tbody>
          {lines.map(({ change, text }, index) => {
            const { sign, name, className } = CHANGES[change];
            return (
              <tr className={className} key={index}>
                <td className="w-6 px-2 text-center text-muted select-none">
                  <span aria-hidden>{sign}</span>
                  {name && <span className="sr-only">{name}</span>}
                </td>
                <td className="pr-3 whitespace-pre">{text}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
