import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

const TONES = {
  error: 'border-danger bg-danger-soft text-danger',
  warning: 'border-warning bg-warning-soft text-warning',
  success: 'border-accent bg-accent-soft text-accent',
} as const;

/** An outcome. Errors interrupt a screen reader, other tones don't. */
export function Notice({ tone, children }: { tone: keyof typeof TONES; children: ReactNode }) {
  return (
    <div
      className={`flex gap-2 rounded-md border px-3 py-2 ${TONES[tone]}`}
      role={tone === 'error' ? 'alert' : 'status'}
    >
      <Icon className="mt-1" name={tone === 'success' ? 'check' : 'warning'} size={14} />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
