import { logoLink } from '../links.ts';
import { Logo } from './logo.tsx';

type SiteNameProps = { name: string; logoId: string | null };

/** The site's logo and name. Long names are cut on narrow screens. */
export function SiteName({ name, logoId }: SiteNameProps) {
  return (
    <>
      {logoId === null ? (
        <span className="shrink-0 text-accent">
          <Logo />
        </span>
      ) : (
        <img alt="" className="size-6 shrink-0 rounded object-contain" height={24} src={logoLink(logoId)} width={24} />
      )}
      <span className="truncate" dir="auto">
        {name}
      </span>
    </>
  );
}
