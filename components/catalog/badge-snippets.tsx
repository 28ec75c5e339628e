import { BADGE_KINDS, badgeLink, type BadgeKind } from '../links.ts';
import { CodeLine } from '../ui/code-line.tsx';

type BadgeSnippetsProps = {
  repository: { alias: string; name: string };
  /** Absolute, of the repository's page. */
  pageUrl: string;
  /** `https://HOST` */
  origin: string;
};

const TITLES = {
  version: 'Version',
  tag: 'Latest tag',
  size: 'Size',
  pulls: 'Pulls',
  signature: 'Signature',
} as const satisfies Record<BadgeKind, string>;

/** Shows each badge with its Markdown. */
export function BadgeSnippets({ repository, pageUrl, origin }: BadgeSnippetsProps) {
  return (
    <ul className="flex flex-col gap-3">
      {BADGE_KINDS.map((kind) => (
        <li className="flex flex-col gap-1.5" key={kind}>
          <img alt={`${TITLES[kind]} badge`} className="h-5 self-start" height={20} src={badgeLink(kind, repository)} />
          <CodeLine
            code={`[![${TITLES[kind]}](${origin}${badgeLink(kind, repository)})](${pageUrl})`}
            label={`Copy ${kind} badge Markdown`}
          />
        </li>
      ))}
    </ul>
  );
}
