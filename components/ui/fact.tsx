import type { ReactNode } from 'react';

/** A pair of a description list. */
export function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted">{term}</dt>
      <dd className="mt-0.5">{children}</dd>
    </div>
  );
}
