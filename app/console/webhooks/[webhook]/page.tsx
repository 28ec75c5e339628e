import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ActionForm } from '#components/forms/action-form.tsx';
import { ButtonForm, ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { webhookLink, WEBHOOKS, webhooksLink } from '#components/links.ts';
import { Notice } from '#components/ui/notice.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { DeliveryTable } from '#components/webhooks/delivery-table.tsx';
import { RotateSecretForm, WebhookSettingsForm } from '#components/webhooks/webhook-form.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { EVENT_DAYS, FORMER_SECRET_HOURS } from '#lib/outbound/webhooks/schema.ts';
import { listDeliveries, listWebhooks } from '#lib/outbound/webhooks/webhook-queries.ts';
import { chooseRegistry } from '../../../_lib/choose-registry.ts';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
import { PartHeader, PartSection } from '../../../_lib/frames/part-pages.tsx';
import type { RawSearchParams } from '../../../_lib/search-params.ts';
import { requireCaller } from '../../../_lib/session/session.ts';
import {
  redeliverAction,
  removeWebhookAction,
  rotateSecretAction,
  saveWebhookAction,
  switchWebhookAction,
  testWebhookAction,
} from '../actions.ts';

export const metadata: Metadata = { title: 'Webhook', robots: { index: false } };

const PAGE_SIZE = 25;

type WebhookPageProps = { params: Promise<{ webhook: string }>; searchParams: Promise<RawSearchParams> };

export default async function WebhookPage({ params, searchParams }: WebhookPageProps) {
  const app = getApp();
  const { webhook: name } = await params;
  const query = await searchParams;
  const caller = await requireCaller(WEBHOOKS);
  const { chosen } = await chooseRegistry(caller, query);
  if (!chosen || !isAllowed({ ...caller, action: 'vitrine:ListWebhooks', membership: chosen })) notFound();
  const canManage = isAllowed({ ...caller, action: 'vitrine:ManageWebhooks', membership: chosen });
  const { id: registryKey, registryId, primaryAlias } = chosen;
  const webhooks = await listWebhooks(app, { caller, registryKey });
  const webhook = webhooks.find((one) => one.name === name);
  if (!webhook) notFound();
  const before = typeof query.before === 'string' && /^\d{1,18}$/.test(query.before) ? BigInt(query.before) : null;
  const deliveries = await listDeliveries(app, { caller, registryKey, name, before, limit: PAGE_SIZE });
  const { isEnabled, disabledBecause, createdAt, pendingCount, formerSecretUntil } = webhook;
  const bound = { registryKey, registryId, name };
  const last = deliveries.length === PAGE_SIZE ? deliveries.at(-1)?.id : undefined;
  return (
    <ConsolePage at={WEBHOOKS} caller={caller}>
      <PartHeader
        createdAt={createdAt}
        isDisabled={!isEnabled}
        name={name}
        parent={{ title: 'Webhooks', alias: primaryAlias, href: webhooksLink({ registry: registryId }) }}
        use={pendingCount > 0 ? `${pendingCount} pending` : 'Nothing pending'}
      />
      <div className="flex flex-col gap-12">
        {disabledBecause !== null && <Notice tone="warning">{disabledBecause} Its events wait for three days.</Notice>}
        <PartSection hint={`Of the last ${EVENT_DAYS} days, the latest first`} id="deliveries" title="Deliveries">
          {canManage && (
            <div className="mb-4">
              <ActionForm
                action={testWebhookAction.bind(null, bound)}
                button="Send a test event"
                isSmall
                successNotice="Queued. Load the page again to see the answer."
                tone="plain"
              />
            </div>
          )}
          {deliveries.length === 0 ? (
            <p className="text-muted">No deliveries yet.</p>
          ) : (
            <DeliveryTable
              deliveries={deliveries}
              redeliver={canManage ? (delivery) => redeliverAction.bind(null, { ...bound, delivery }) : null}
            />
          )}
          {last !== undefined && (
            <p className="pt-4">
              <a className="button button-small" href={webhookLink({ registry: registryId, name, before: last })}>
                Older deliveries
              </a>
            </p>
          )}
        </PartSection>
        {canManage && (
          <div className="flex max-w-3xl flex-col gap-12">
            <PartSection id="settings" title="Settings">
              <WebhookSettingsForm action={saveWebhookAction.bind(null, bound)} current={webhook} />
            </PartSection>
            <PartSection
              hint={
                formerSecretUntil ? (
                  <>
                    The former secret signs as well, until <TimeAgo date={formerSecretUntil} />
                  </>
                ) : (
                  `After a change, the former secret signs as well for ${FORMER_SECRET_HOURS} hours`
                )
              }
              id="secret"
              title="Secret"
            >
              <RotateSecretForm action={rotateSecretAction.bind(null, bound)} />
            </PartSection>
            <PartSection
              hint="A disabled webhook gets no new events. Removing it deletes its log."
              id="danger"
              title={isEnabled ? 'Disable or remove' : 'Enable or remove'}
            >
              <div className="flex flex-wrap items-start gap-2">
                <ButtonForm
                  action={switchWebhookAction.bind(null, { ...bound, isEnabled: !isEnabled })}
                  button={isEnabled ? 'Disable webhook' : 'Enable webhook'}
                />
                <ConfirmedButtonForm
                  about={name}
                  action={removeWebhookAction.bind(null, bound)}
                  button="Remove webhook"
                  summary="Remove"
                  warning="Events that are still pending are lost."
                />
              </div>
            </PartSection>
          </div>
        )}
      </div>
    </ConsolePage>
  );
}
