// A registry's webhooks, their deliveries, and its feed of events.
import { z } from 'zod';
import { OUTBOUND_TYPES } from '#lib/events/outbound/schema.ts';
import { listEvents } from '#lib/outbound/list-events.ts';
import { createWebhook } from '#lib/outbound/webhooks/create-webhook.ts';
import { redeliverEvent } from '#lib/outbound/webhooks/redeliver-event.ts';
import { removeWebhook } from '#lib/outbound/webhooks/remove-webhook.ts';
import { rotateWebhookSecret } from '#lib/outbound/webhooks/rotate-webhook-secret.ts';
import { EVENT_DAYS, FORMATS, MAX_WEBHOOKS, type WebhookFormat } from '#lib/outbound/webhooks/schema.ts';
import { testWebhook } from '#lib/outbound/webhooks/test-webhook.ts';
import { updateWebhook } from '#lib/outbound/webhooks/update-webhook.ts';
import { listDeliveries, listWebhooks } from '#lib/outbound/webhooks/webhook-queries.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';
import { keysetSchema, pageSchema } from '../../paging.ts';

const tag = 'webhooks';
const registrySchema = z.object({ registryId: z.string() });
const webhookKeySchema = registrySchema.extend({ webhook: z.string().describe('Its name') });
const SEEN = { to: 'registry', actions: ['pull'] } as const;
const MANAGED = { to: 'registry', actions: ['pull', 'push', 'delete'] } as const;

const settingsSchema = z.strictObject({
  url: z.string().describe('Where events are posted'),
  format: z.enum(Object.keys(FORMATS) as WebhookFormat[]).default('eventbridge'),
  eventTypes: z.array(z.enum(OUTBOUND_TYPES)),
  repositoryPattern: z
    .string()
    .default('*')
    .describe('Names of repositories without the alias. * matches any characters'),
  tagPattern: z.string().default('*').describe('Any but * leaves out events without a tag'),
  isEnabled: z.boolean().default(true),
  authorization: z
    .string()
    .nullable()
    .default(null)
    .describe('Value of the Authorization header, which is never shown. Null: none'),
});
const changeSchema = z
  .strictObject({
    url: z.string(),
    format: z.enum(Object.keys(FORMATS) as WebhookFormat[]),
    eventTypes: z.array(z.enum(OUTBOUND_TYPES)),
    repositoryPattern: z.string(),
    tagPattern: z.string(),
    isEnabled: z.boolean(),
    authorization: z.string().nullable(),
  })
  .partial()
  .describe('Omitted settings keep their values');

const webhookSchema = z.object({
  name: z.string(),
  url: z.string(),
  format: z.string(),
  eventTypes: z.array(z.string()),
  repositoryPattern: z.string(),
  tagPattern: z.string(),
  isEnabled: z.boolean(),
  disabledBecause: z.string().nullable().describe('Why the site disabled it'),
  hasAuthorization: z.boolean(),
  formerSecretUntil: z.date().nullable().describe('Until then, the secret before the last rotation signs too'),
  createdAt: z.date(),
  pendingCount: z.number(),
});

const deliverySchema = z.object({
  id: z.string(),
  eventId: z.string().describe('webhook-id of the request'),
  type: z.string(),
  repository: z.string().nullable(),
  tag: z.string().nullable(),
  digest: z.string().nullable(),
  status: z.string().describe('pending, delivered or given_up'),
  attempts: z.number(),
  createdAt: z.date(),
  attemptedAt: z.date().nullable(),
  responseStatus: z.number().nullable(),
  responseBody: z.string().nullable().describe('Its beginning'),
  problem: z.string().nullable(),
  elapsedMs: z.number().nullable(),
});

const eventSchema = z.object({
  eventId: z.string().describe('webhook-id of its deliveries'),
  at: z.date(),
  type: z.string(),
  repository: z.string().nullable(),
  tag: z.string().nullable(),
  digest: z.string().nullable(),
  actor: z.string(),
  detail: z.unknown(),
});

export const WEBHOOK_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/webhooks',
    tag,
    access: 'user',
    reach: SEEN,
    summary: "List a registry's webhooks. For owners and maintainers",
    params: registrySchema,
    output: z.object({ webhooks: z.array(webhookSchema) }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { webhooks: await listWebhooks(app, { caller, registryKey }) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/webhooks',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: `Create a webhook, at most ${MAX_WEBHOOKS} for each registry. Its secret isn't shown again`,
    params: registrySchema,
    body: settingsSchema.extend({
      name: z.string().describe('Lowercase letters and digits, with single dots, hyphens or underscores between them'),
    }),
    output: z.object({ name: z.string(), secret: z.string() }),
    status: 201,
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return createWebhook(app, { caller, registryKey, ...body });
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/registries/{registryId}/webhooks/{webhook}',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: 'Change a webhook. For owners and maintainers',
    params: webhookKeySchema,
    body: changeSchema,
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await updateWebhook(app, { caller, registryKey, name: params.webhook, ...body });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/webhooks/{webhook}',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: 'Remove a webhook with its deliveries. For owners and maintainers',
    params: webhookKeySchema,
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      await removeWebhook(app, { caller, registryKey, name: params.webhook });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/webhooks/{webhook}/secret',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: "Replace a webhook's secret. The former one signs for a day as well",
    params: webhookKeySchema,
    output: z.object({ secret: z.string(), formerSecretUntil: z.date() }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return rotateWebhookSecret(app, { caller, registryKey, name: params.webhook });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/webhooks/{webhook}/test',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: 'Deliver a test event to a webhook',
    params: webhookKeySchema,
    output: z.object({ delivery: z.string() }),
    status: 202,
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return testWebhook(app, { caller, registryKey, name: params.webhook });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/webhooks/{webhook}/deliveries',
    tag,
    access: 'user',
    reach: SEEN,
    summary: `List a webhook's deliveries of the last ${EVENT_DAYS} days, latest first`,
    params: webhookKeySchema,
    query: keysetSchema,
    output: z.object({
      deliveries: z.array(deliverySchema),
      next: z.string().nullable().describe('`before` of the next page. Null on the last page'),
    }),
    handle: async (app, { caller, params, query }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      const deliveries = await listDeliveries(app, { caller, registryKey, name: params.webhook, ...query });
      return { deliveries, next: deliveries.length < query.limit ? null : (deliveries.at(-1)?.id ?? null) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/webhooks/{webhook}/deliveries/{delivery}/redeliver',
    tag,
    access: 'user',
    reach: MANAGED,
    summary: 'Deliver the event of a finished delivery again, with its webhook-id',
    params: webhookKeySchema.extend({
      delivery: z
        .string()
        .regex(/^\d{1,18}$/, 'A delivery is a number.')
        .transform(BigInt),
    }),
    output: z.object({ delivery: z.string() }),
    status: 202,
    handle: async (app, { caller, params: { registryId, webhook, delivery } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return redeliverEvent(app, { caller, registryKey, name: webhook, delivery });
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/events',
    tag,
    access: 'user',
    reach: SEEN,
    summary: "List a registry's events except pulls, oldest first. Ask again with `next` for later ones",
    params: registrySchema,
    query: z.object({
      after: z
        .string()
        .regex(/^\d{1,18}$/, 'after must be an id.')
        .transform(BigInt)
        .default(0n)
        .describe('`next` of the last answer'),
      limit: pageSchema.shape.limit,
    }),
    output: z.object({
      events: z.array(eventSchema),
      next: z.string().describe('`after` of the next request, also when no event follows yet'),
    }),
    handle: async (app, { caller, params, query }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      const { events, next } = await listEvents(app, { caller, registryKey, ...query });
      return { events, next: String(next) };
    },
  }),
];
