import { DOCS } from '../links.ts';

export function SiteFooter() {
  return (
    <footer className="mt-16 border-t border-line">
      <div className="mx-auto flex max-w-6xl flex-wrap gap-x-6 gap-y-1 px-4 py-6 text-sm text-muted">
        <span>Vitrine, an open container gallery and registry</span>
        <a className="hover:text-ink sm:ml-auto" href={DOCS}>
          Push your first image
        </a>
      </div>
    </footer>
  );
}
