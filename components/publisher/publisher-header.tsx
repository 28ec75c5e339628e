import type { ReactNode } from 'react';
import type { PublisherPage } from '#lib/gallery/gallery-queries.ts';
import { AvatarTile } from '../catalog/avatar-tile.tsx';
import { OutwardLink } from '../catalog/outward-link.tsx';
import { VerifiedBadge } from '../catalog/verified-badge.tsx';
import { Chip } from '../ui/chip.tsx';
import { countOf } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { BANNER_FILLS } from './banner-colours.ts';

type TotalsProps = { publisher: PublisherPage; pullsThisWeek: number };
type PublisherHeaderProps = TotalsProps & { buttons?: ReactNode };

/** Who the publisher is. Only the badge is verified. */
export function PublisherHeader({ publisher, pullsThisWeek, buttons }: PublisherHeaderProps) {
  const { displayName, primaryAlias, verification, isDemo, profile } = publisher;
  const { bannerColour, bio } = profile;
  return (
    <header>
      {bannerColour && <div aria-hidden="true" className={`h-14 rounded-xl sm:h-20 ${BANNER_FILLS[bannerColour]}`} />}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <div className={bannerColour ? '-mt-7 ml-3 rounded-2xl bg-canvas p-1 sm:ml-5' : ''}>
          <AvatarTile logoId={publisher.logoId} name={displayName || primaryAlias} size="huge" />
        </div>
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="flex flex-wrap items-center gap-x-2.5 text-xl font-semibold">
            <span className="font-mono wrap-anywhere">{primaryAlias}</span>
            {verification && <VerifiedBadge verification={verification} />}
            {isDemo && (
              <Chip title="Sample content that shows what a gallery looks like" tone="warning">
                Demo
              </Chip>
            )}
          </h1>
          {displayName && (
            <p className="text-muted" dir="auto">
              {displayName}
            </p>
          )}
        </div>
        {buttons}
      </div>
      {bio && (
        <p className="mt-3 max-w-3xl wrap-anywhere whitespace-pre-line" dir="auto">
          {bio}
        </p>
      )}
      <Links profile={profile} />
      <Totals publisher={publisher} pullsThisWeek={pullsThisWeek} />
    </header>
  );
}

function Links({ profile: { website, sourceUrl, contact } }: Pick<PublisherPage, 'profile'>) {
  const rows: [term: string, value: ReactNode][] = [
    ['Website', website && <OutwardLink href={website} />],
    ['Source', sourceUrl && <OutwardLink href={sourceUrl} />],
    ['Contact', contact && <ContactLink contact={contact} />],
  ];
  const given = rows.filter(([, value]) => value !== '');
  if (given.length === 0) return null;
  return (
    <dl className="mt-3 flex flex-wrap gap-x-5 gap-y-1 text-sm">
      {given.map(([term, value]) => (
        <div className="flex min-w-0 gap-1.5" key={term}>
          <dt className="text-muted">{term}</dt>
          <dd className="min-w-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ContactLink({ contact }: { contact: string }) {
  if (contact.startsWith('https://')) return <OutwardLink href={contact} />;
  return (
    <a className="link wrap-anywhere" href={`mailto:${contact}`} rel="nofollow ugc">
      {contact}
    </a>
  );
}

function Totals({ publisher, pullsThisWeek }: TotalsProps) {
  const { repositoryCount, pullCount, createdAt, otherAliases } = publisher;
  return (
    <dl className="mt-3 flex flex-wrap gap-x-5 gap-y-1 text-sm text-muted tabular-nums">
      <div>
        <dt className="sr-only">Public repositories</dt>
        <dd>{countOf(repositoryCount, 'public repository', 'public repositories')}</dd>
      </div>
      <div>
        <dt className="sr-only">Pulls</dt>
        <dd>{countOf(pullCount, 'pull')}</dd>
      </div>
      {pullsThisWeek > 0 && (
        <div>
          <dt className="sr-only">Pulls this week</dt>
          <dd>{countOf(pullsThisWeek, 'pull')} this week</dd>
        </div>
      )}
      <div>
        <dt className="sr-only">Since</dt>
        <dd>
          Joined <TimeAgo date={createdAt} />
        </dd>
      </div>
      {otherAliases.length > 0 && (
        <div>
          <dt className="inline">Also </dt>
          <dd className="inline font-mono text-ink">{otherAliases.join(', ')}</dd>
        </div>
      )}
    </dl>
  );
}
