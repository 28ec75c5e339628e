// The frames of what belongs to a registry by name: robots, roles and teams.
import type { ComponentProps, ReactNode } from 'react';
import { principalLink } from '#components/links.ts';
import { Chip } from '#components/ui/chip.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { RegistryView } from '#lib/repositories/queries.ts';
import { ConsolePage } from './console-page.tsx';
import { RegistryTabs } from './registry-tabs.tsx';

type PartListPageProps = Pick<ComponentProps<typeof ConsolePage>, 'at' | 'caller'> & {
  /** Plural, such as `Robots`. */
  title: string;
  intro: ReactNode;
  registries: RegistryView[];
  chosen: RegistryView;
  href: (registryId: string | null) => string;
  /** Shown in place of an empty list. */
  empty: string;
  /** Null if there are none. */
  list: ReactNode;
  /** Creates another one, below the list unless it is narrow. */
  create: ReactNode;
  isCreateNarrow?: boolean;
};

export function PartListPage({
  at,
  caller,
  title,
  intro,
  registries,
  chosen,
  href,
  empty,
  list,
  create,
  isCreateNarrow = false,
}: PartListPageProps) {
  const id = title.toLowerCase().replaceAll(' ', '-');
  return (
    <ConsolePage at={at} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">{title}</h1>
      <p className="mb-6 max-w-2xl text-muted">{intro}</p>
      <RegistryTabs chosen={chosen} href={href} registries={registries} />
      <div
        className={isCreateNarrow ? 'grid gap-8 lg:grid-cols-[3fr_2fr]' : 'flex max-w-3xl flex-col gap-10'}
        key={chosen.primaryAlias}
      >
        <section aria-labelledby={id} className="min-w-0">
          <h2 className="mb-3 text-lg font-semibold" id={id}>
            {title} of <span className="font-mono">{chosen.primaryAlias}</span>
          </h2>
          {list ?? (
            <EmptyState title={`No ${title.toLowerCase()} yet`}>
              <p>{empty}</p>
            </EmptyState>
          )}
        </section>
        {create}
      </div>
    </ConsolePage>
  );
}

type NewPartSectionProps = {
  /** Such as `robot`. */
  noun: string;
  plural?: string;
  count: number;
  max: number;
  children?: ReactNode;
};

export function NewPartSection({ noun, plural = `${noun}s`, count, max, children }: NewPartSectionProps) {
  const id = `new-${noun.replaceAll(' ', '-')}`;
  return (
    <section aria-labelledby={id} className="min-w-0">
      <h2 className="mb-3 text-lg font-semibold" id={id}>
        New {noun}
      </h2>
      {count >= max ? (
        <p className="text-muted">
          This registry has {max} {plural}, which is the limit. Remove one to create another.
        </p>
      ) : (
        children
      )}
    </section>
  );
}

type PartHeaderProps = {
  name: string;
  /** The list that it is part of. */
  parent: { title: string; alias: string; href: string };
  arn?: string;
  isDisabled?: boolean;
  createdAt: Date | null;
  use: ReactNode;
};

export function PartHeader({ name, parent, arn, isDisabled = false, createdAt, use }: PartHeaderProps) {
  return (
    <>
      <p className="mb-2 text-sm">
        <a className="link" href={parent.href}>
          {parent.title} of <span className="font-mono">{parent.alias}</span>
        </a>
      </p>
      <h1 className="flex flex-wrap items-center gap-2 font-mono text-xl font-semibold break-all">
        {name}
        {isDisabled && <Chip tone="warning">Disabled</Chip>}
      </h1>
      <p className="mb-8 text-sm text-muted">
        {arn !== undefined && (
          <>
            <span className="font-mono break-all">{arn}</span>
            <br />
          </>
        )}
        {createdAt && (
          <>
            Created <TimeAgo date={createdAt} /> ·{' '}
          </>
        )}
        {use}
      </p>
    </>
  );
}

type PartSectionProps = { id: string; title: ReactNode; hint?: ReactNode; children: ReactNode };

export function PartSection({ id, title, hint, children }: PartSectionProps) {
  return (
    <section aria-labelledby={id}>
      <h2 className={`${hint === undefined ? 'mb-3' : 'mb-1'} text-lg font-semibold`} id={id}>
        {title}
      </h2>
      {hint !== undefined && <p className="mb-4 text-muted">{hint}</p>}
      {children}
    </section>
  );
}

type PoliciesSectionProps = { registry: string; principal: string; hint: string };

/** Leads owners to the policies of a robot, role or team. */
export function PoliciesSection({ registry, principal, hint }: PoliciesSectionProps) {
  return (
    <PartSection hint={hint} id="policies" title="Policies">
      <a className="button" href={principalLink({ registry, principal })}>
        Manage policies
      </a>
    </PartSection>
  );
}
