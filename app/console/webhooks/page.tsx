import type { Metadata } from 'next';
import { WEBHOOKS, webhooksLink } from '#components/links.ts';
import { CreateWebhookForm } from '#components/webhooks/webhook-form.tsx';
import { WebhookList } from '#components/webhooks/webhook-list.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { MAX_WEBHOOKS } from '#lib/outbound/webhooks/schema.ts';
import { listWebhooks } from '#lib/outbound/webhooks/webhook-queries.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { NewPartSection, PartListPage } from '../../_lib/frames/part-pages.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { createWebhookAction } from './actions.ts';

export const metadata: Metadata = { title: 'Webhooks', robots: { index: false } };

export default async function WebhooksPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const caller = await requireCaller(WEBHOOKS);
  const { registries, chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen) return null;
  const { id: registryKey, registryId } = chosen;
  const canSee = isAllowed({ ...caller, action: 'vitrine:ListWebhooks', membership: chosen });
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageWebhooks', membership: chosen });
  const webhooks = canSee ? await listWebhooks(getApp(), { caller, registryKey }) : [];
  return (
    <PartListPage
      at={WEBHOOKS}
      caller={caller}
      chosen={chosen}
      create={
        canManage && (
          <NewPartSection count={webhooks.length} max={MAX_WEBHOOKS} noun="webhook">
            <CreateWebhookForm action={createWebhookAction.bind(null, { registryKey, registryId })} />
          </NewPartSection>
        )
      }
      empty={
        canManage
          ? 'Create one to deploy what was pushed, or to post it to a chat.'
          : `Only owners and maintainers see webhooks. Your role is ${chosen.role}.`
      }
      href={(registry) => webhooksLink({ registry })}
      intro="A webhook tells another system about pushes, deletions and other changes in the registry. Events of a repository arrive in order, and are retried for three days."
      list={webhooks.length > 0 ? <WebhookList registryId={registryId} webhooks={webhooks} /> : null}
      registries={registries}
      title="Webhooks"
    />
  );
}
