import type { ReactNode } from 'react';
import type { SetupProgress } from '#lib/api/read-setup-steps.ts';
import { DOCS, MEMBERS, MIRRORS, RESERVED_NAMES, SITE_SETTINGS, ADMIN_USERS } from '../links.ts';
import { Icon } from '../ui/icon.tsx';

/** What an admin of a new site does first. Each step is ticked once done. */
export function SetupSteps({ steps }: { steps: SetupProgress }) {
  return (
    <section aria-labelledby="setup" className="rounded-lg border border-line">
      <h2 className="border-b border-line px-4 py-3 text-lg font-semibold" id="setup">
        Set up your gallery
      </h2>
      <ol className="divide-y divide-line">
        <Step isDone={steps.isNamed} title="Name the site">
          <Go href={SITE_SETTINGS}>Open settings</Go>
          <p>Give it a name, a logo and a contact. Visitors see them on every page.</p>
        </Step>
        <Step isDone={steps.hasContent} title="Push or mirror an image">
          <Go href={DOCS}>Show push commands</Go>
          <Go href={MIRRORS}>Mirror an image</Go>
          <p>The first public image opens the gallery.</p>
        </Step>
        <Step isDone={steps.hasPeople} title="Invite people">
          <Go href={MEMBERS}>Invite members</Go>
          <Go href={ADMIN_USERS}>Create accounts</Go>
          <p>Share your registry, or let others publish under an alias of their own.</p>
        </Step>
        <Step isDone={steps.hasReservedNames} title="Reserve names">
          <Go href={RESERVED_NAMES}>Reserve names</Go>
          <p>Keep your organisation’s and products’ names from being taken as aliases.</p>
        </Step>
      </ol>
    </section>
  );
}

function Step({ title, isDone, children }: { title: string; isDone: boolean; children: ReactNode }) {
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <span
        className={`mt-0.5 inline-flex size-5 shrink-0 items-center justify-center rounded-full border ${
          isDone ? 'border-accent bg-accent text-on-accent' : 'border-line-control'
        }`}
      >
        {isDone && <Icon name="check" size={12} />}
      </span>
      <div className="min-w-0 flex-1">
        <h3 className={isDone ? 'text-muted' : 'font-semibold'}>
          {title}
          {isDone && <span className="sr-only"> (done)</span>}
        </h3>
        {!isDone && <div className="mt-1 flex flex-wrap gap-2 text-muted [&>p]:w-full">{children}</div>}
      </div>
    </li>
  );
}

function Go({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a className="button button-small order-last" href={href}>
      {children}
    </a>
  );
}
