import type { Announcement, BannerLevel } from '#lib/site/schema.ts';

const LOOKS: Record<BannerLevel, string> = {
  info: 'bg-accent-soft text-accent',
  warning: 'bg-warning-soft text-warning',
  critical: 'bg-danger-soft text-danger',
};

/** An announcement above every page. */
type SiteBannerProps = { banner: Announcement; label?: string };

export function SiteBanner({ banner: { text, level, url }, label = 'Announcement' }: SiteBannerProps) {
  return (
    <aside aria-label={label} className={`border-b border-line ${LOOKS[level]}`}>
      <p className="mx-auto max-w-6xl px-4 py-2 text-sm font-medium break-words" dir="auto">
        {text}
        {url && (
          <>
            {' '}
            <a className="underline underline-offset-2" href={url} rel="nofollow noopener">
              Read more
            </a>
          </>
        )}
      </p>
    </aside>
  );
}
