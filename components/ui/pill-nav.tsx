import type { ReactNode } from 'react';

type PillNavProps = {
  label: string;
  className?: string;
  isCode?: boolean;
  rel?: 'nofollow';
  links: { href: string; isCurrent: boolean; content: ReactNode }[];
};

/** Links to variants of one page. */
export function PillNav({ label, className = '', isCode = false, rel, links }: PillNavProps) {
  return (
    <nav aria-label={label} className={`flex flex-wrap gap-1.5 ${className}`}>
      {links.map(({ href, isCurrent, content }, i) => (
        <a
          aria-current={isCurrent ? 'page' : undefined}
          className={`inline-flex min-h-7 items-center rounded border px-2 text-sm break-all ${isCode ? 'font-mono' : ''} ${
            isCurrent ? 'border-accent bg-accent-soft text-accent' : 'border-line text-muted hover:text-ink'
          }`}
          href={href}
          key={i}
          rel={rel}
        >
          {content}
        </a>
      ))}
    </nav>
  );
}
