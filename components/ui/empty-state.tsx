import type { ReactNode } from 'react';

/** Says what belongs here and how to add it. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="rounded-lg border border-dashed border-line-control px-6 py-8">
      <p className="text-lg font-semibold">{title}</p>
      {children && <div className="mt-2 flex flex-col gap-3 text-muted">{children}</div>}
    </div>
  );
}
