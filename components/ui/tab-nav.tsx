import { ScrollToCurrent } from './scroll-to-current.tsx';

export type Tab = { text: string; href: string; isCurrent: boolean; count?: string };

/** Each tab has a URL, so these are links rather than ARIA tabs. */
export function TabNav({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav aria-label={label} className="overflow-x-auto">
      <ul className="flex w-max min-w-full gap-1 border-b border-line">
        {tabs.map((tab) => (
          <li key={tab.href}>
            <a
              aria-current={tab.isCurrent ? 'page' : undefined}
              className={`-mb-px flex min-h-10 items-center gap-2 border-b-2 px-3 whitespace-nowrap focus-visible:-outline-offset-2 ${
                tab.isCurrent ? 'border-accent font-semibold text-ink' : 'border-transparent text-muted hover:text-ink'
              }`}
              href={tab.href}
            >
              {tab.text}
              {tab.count && (
                <span className="rounded-full bg-surface-strong px-1.5 text-xs text-ink tabular-nums">{tab.count}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
      <ScrollToCurrent />
    </nav>
  );
}
