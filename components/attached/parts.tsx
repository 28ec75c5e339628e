import type { ReactNode } from 'react';
import { toVisibleText } from '#lib/oci/visible-text.ts';
import { Fact } from '../ui/fact.tsx';

const MAX_TEXT_LENGTH = 500;

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <h4 className="mb-2 font-semibold">{title}</h4>
      {children}
    </div>
  );
}

/** Renders nothing without a value. */
export function FactRow({ term, children }: { term: string; children: ReactNode }) {
  if (children === null || children === '') return null;
  return <Fact term={term}>{children}</Fact>;
}

export function Mono({ text }: { text: string }) {
  return <span className="font-mono text-xs break-all">{toVisibleText(text, MAX_TEXT_LENGTH)}</span>;
}

/** A link that a stranger's text leads to, or the text alone. */
export function MaybeLink({ link: { text, href } }: { link: { text: string; href: string | null } }) {
  if (href === null) return <Mono text={text} />;
  return (
    <a className="link font-mono text-xs break-all" href={href} rel="nofollow noopener noreferrer ugc">
      {toVisibleText(text, MAX_TEXT_LENGTH)}
    </a>
  );
}
