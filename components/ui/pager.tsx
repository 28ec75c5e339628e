import { formatCount } from './format-number.ts';

type PagerProps = { page: number; pageSize: number; total: number; href: (page: number) => string; label: string };

export function Pager({ page, pageSize, total, href, label }: PagerProps) {
  const pageCount = Math.max(1, Math.ceil(total / pageSize));
  if (pageCount === 1 && page === 1) return null;
  return (
    <nav aria-label={label} className="flex items-center justify-between gap-4 pt-4 text-sm">
      <PageLink href={page > 1 ? href(Math.min(page - 1, pageCount)) : null} rel="prev" text="← Previous" />
      <span className="text-muted tabular-nums">
        Page {formatCount(page)} of {formatCount(pageCount)}
      </span>
      <PageLink href={page < pageCount ? href(page + 1) : null} rel="next" text="Next →" />
    </nav>
  );
}

function PageLink({ href, rel, text }: { href: string | null; rel: 'prev' | 'next'; text: string }) {
  if (href === null) return <span className="px-2 text-muted">{text}</span>;
  return (
    <a className="button button-small" href={href} rel={rel}>
      {text}
    </a>
  );
}
