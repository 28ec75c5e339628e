import { FORMATS, type WebhookFormat } from '#lib/outbound/webhooks/schema.ts';
import type { WebhookView } from '#lib/outbound/webhooks/webhook-queries.ts';
import { webhookLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { formatCount } from '../ui/format-number.ts';
import { NamedList, NamedRow } from '../ui/named-list.tsx';

export function WebhookList({ webhooks, registryId }: { webhooks: WebhookView[]; registryId: string }) {
  return (
    <NamedList>
      {webhooks.map(({ name, url, format, isEnabled, disabledBecause, pendingCount }) => (
        <NamedRow
          chips={
            <>
              {!isEnabled && <Chip tone="warning">Disabled</Chip>}
              <Chip>{FORMATS[format as WebhookFormat].name}</Chip>
            </>
          }
          description={hostOf(url)}
          href={webhookLink({ registry: registryId, name })}
          key={name}
          name={name}
          note={disabledBecause}
          use={pendingCount > 0 ? `${formatCount(pendingCount)} pending` : ''}
        />
      ))}
    </NamedList>
  );
}

/** Paths of webhooks are often secrets, and lists are shown to others over the shoulder. */
function hostOf(url: string): string {
  return url.startsWith('mailto:') ? url.slice('mailto:'.length) : new URL(url).host;
}
