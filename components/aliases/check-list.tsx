import type { CheckResult, Verdict } from '#lib/aliases/schema.ts';
import { Icon, type IconName } from '../ui/icon.tsx';

const LOOKS: Record<Verdict, { icon: IconName; word: string; className: string }> = {
  pass: { icon: 'check', word: 'Passed', className: 'text-accent' },
  flag: { icon: 'warning', word: 'For review', className: 'text-warning' },
  block: { icon: 'close', word: 'Refused', className: 'text-danger' },
};

/** Every check with its verdict by icon, word and colour. */
export function CheckList({ checks }: { checks: CheckResult[] }) {
  return (
    <ul className="flex flex-col gap-1.5">
      {checks.map(({ code, verdict, sentence }) => {
        const { icon, word, className } = LOOKS[verdict];
        return (
          <li className="flex gap-2 text-sm" key={code}>
            <span className={`flex w-24 shrink-0 items-center gap-1.5 self-start font-medium ${className}`}>
              <Icon name={icon} size={14} />
              {word}
            </span>
            <span className="min-w-0">{sentence}</span>
          </li>
        );
      })}
    </ul>
  );
}
