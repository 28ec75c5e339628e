import { TabNav } from '#components/ui/tab-nav.tsx';
import type { RegistryView } from '#lib/repositories/queries.ts';

type RegistryTabsProps = {
  registries: RegistryView[];
  chosen: RegistryView;
  /** `registryId` is null for the first registry. */
  href: (registryId: string | null) => string;
};

/** Switches between a user's registries. Users with one see nothing. */
export function RegistryTabs({ registries, chosen, href }: RegistryTabsProps) {
  if (registries.length < 2) return null;
  const tabs = registries.map((registry, i) => ({
    text: registry.primaryAlias,
    href: href(i === 0 ? null : registry.registryId),
    isCurrent: registry === chosen,
  }));
  return (
    <div className="mb-6">
      <TabNav label="Registries" tabs={tabs} />
    </div>
  );
}
