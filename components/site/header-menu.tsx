import type { ReactNode } from 'react';

type HeaderMenuProps = {
  /** The button's accessible name. */
  label: string;
  button: ReactNode;
  className?: string;
  children: ReactNode;
};

/** A menu that opens without JavaScript. CloseMenus closes it. */
export function HeaderMenu({ label, button, className = '', children }: HeaderMenuProps) {
  return (
    <details className={`relative ${className}`} data-menu>
      <summary className="flex min-h-9 list-none items-center gap-1.5 rounded px-2 text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
        <span aria-hidden="true" className="contents">
          {button}
        </span>
        <span className="sr-only">{label}</span>
      </summary>
      <div className="absolute top-full right-0 z-20 mt-1 w-60 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-canvas py-1 shadow-lg">
        {children}
      </div>
    </details>
  );
}

export function MenuLink({
  href,
  children,
  className = '',
}: {
  href: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    <a
      className={`flex min-h-9 items-center justify-between gap-3 px-3 hover:bg-surface focus-visible:-outline-offset-2 ${className}`}
      href={href}
    >
      {children}
    </a>
  );
}

export function MenuLine() {
  return <hr className="my-1 border-line" />;
}
