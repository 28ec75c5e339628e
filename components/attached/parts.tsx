import type { ReactNode } from 'react';
import { toVisibleText } from '#lib/oci/visible-text.ts';

const MAX_TEXT_LENGTH = 500;

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <h4 className="mb-2 font-semibold">{title}</h4>
      {children}
    </div>
  );
}

/** Left out when nothing is known. */
export function FactRow({ term, children }: { term: string; children: ReactNode }) {
  if (children === null || children === '') return null;
  return (
    <div className="min-w-0">
      <dt className="text-muted">{term}</dt>
      <dd className="mt-0.5">{children}</dd>
    </div>
  );
}

export function Mono({ text }: { text: string }) {
  return <span className="font-mono text-xs break-all">{toVisibleText(text, MAX_TEXT_LENGTH)}</span>;
}
