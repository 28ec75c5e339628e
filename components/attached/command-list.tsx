import { CodeLine } from '../ui/code-line.tsx';
import type { VerifyCommand } from './verify-commands.ts';

export function CommandList({ commands }: { commands: VerifyCommand[] }) {
  return (
    <dl className="mt-2 grid grid-cols-1 gap-3">
      {commands.map(({ what, code }) => (
        <div className="min-w-0" key={code}>
          <dt className="mb-1 text-sm text-muted">{what}</dt>
          <dd className="min-w-0">
            <CodeLine code={code} label={`Copy: ${what}`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
