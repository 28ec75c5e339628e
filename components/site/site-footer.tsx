import { API_DOCS, DOCS, STATUS } from '../links.ts';
import type { SiteFace } from './site-face.ts';

export function SiteFooter({ site }: { site: SiteFace }) {
  const { name, isNamed, termsUrl, privacyUrl, contact } = site;
  const links = [
    { text: 'Docs', href: DOCS },
    { text: 'API', href: API_DOCS },
    { text: 'Status', href: STATUS },
    { text: 'Terms', href: termsUrl },
    { text: 'Privacy', href: privacyUrl },
    { text: 'Contact', href: contact.includes('://') || contact === '' ? contact : `mailto:${contact}` },
  ];
  return (
    <footer className="mt-16 border-t border-line">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-6 gap-y-1 px-4 py-5 text-sm text-muted">
        <p className="min-w-0 break-words" dir="auto">
          {isNamed ? `${name} runs on Vitrine` : 'Vitrine, an open container gallery and registry'}
        </p>
        <nav aria-label="Footer" className="sm:ml-auto">
          <ul className="flex flex-wrap gap-x-5">
            {links.map(
              ({ text, href }) =>
                href && (
                  <li key={text}>
                    <a className="inline-flex min-h-8 items-center hover:text-ink" href={href}>
                      {text}
                    </a>
                  </li>
                ),
            )}
          </ul>
        </nav>
      </div>
    </footer>
  );
}
