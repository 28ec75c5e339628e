import type { PrincipalAccess, PrincipalKind } from '#lib/repositories/simulator/schema.ts';
import { Chip } from '../../ui/chip.tsx';

const KINDS: Record<PrincipalKind, string> = {
  member: 'Member',
  robot: 'Robot',
  role: 'Role',
  outsider: 'Named by the policy',
  anonymous: 'Without a login',
};

/** Says of each principal whether it is allowed, and why. */
export function PrincipalList({ principals, label }: { principals: readonly PrincipalAccess[]; label: string }) {
  return (
    <ul aria-label={label} className="divide-y divide-line rounded-lg border border-line">
      {principals.map(({ kind, principal, isAllowed, reason, advice }) => (
        <li className="flex items-start gap-x-4 px-3 py-2" key={`${kind} ${principal}`}>
          <div className="min-w-0 flex-1 wrap-anywhere">
            <p>
              <span className="font-semibold">{principal === '*' ? 'Any signed-in user' : principal}</span>{' '}
              <span className="text-sm text-muted">{KINDS[kind]}</span>
            </p>
            <p className="text-sm text-muted">
              {reason} {advice}
            </p>
          </div>
          <Chip tone={isAllowed ? 'accent' : 'neutral'}>{isAllowed ? 'Allowed' : 'Denied'}</Chip>
        </li>
      ))}
    </ul>
  );
}
