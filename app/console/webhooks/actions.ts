'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { FormState } from '#components/forms/form-state.ts';
import { WEBHOOKS, webhooksLink } from '#components/links.ts';
import type { NewSecret } from '#components/webhooks/webhook-secret.tsx';
import { getApp } from '#lib/app.ts';
import type { SubscribableType } from '#lib/events/outbound/schema.ts';
import { createWebhook } from '#lib/outbound/webhooks/create-webhook.ts';
import { redeliverEvent } from '#lib/outbound/webhooks/redeliver-event.ts';
import { removeWebhook } from '#lib/outbound/webhooks/remove-webhook.ts';
import { rotateWebhookSecret } from '#lib/outbound/webhooks/rotate-webhook-secret.ts';
import type { WebhookFormat } from '#lib/outbound/webhooks/schema.ts';
import { testWebhook } from '#lib/outbound/webhooks/test-webhook.ts';
import { updateWebhook } from '#lib/outbound/webhooks/update-webhook.ts';
import { parseBound } from '../../_lib/actions/bound-arguments.ts';
import {
  askPart,
  changePart,
  parseBoundRegistry,
  type BoundPart,
  type BoundRegistry,
} from '../../_lib/actions/change-part.ts';
import { textOf, textsOf } from '../../_lib/actions/run-action.ts';

// The page binds each action to its registry and webhook. The use cases authorize the caller.

export async function createWebhookAction(
  bound: BoundRegistry,
  _state: FormState<NewSecret>,
  form: FormData,
): Promise<FormState<NewSecret>> {
  const part = { ...bound, name: textOf(form, 'name') };
  const authorization = textOf(form, 'authorization');
  return askPart({ at: WEBHOOKS, bound: part, form }, (caller, webhook) =>
    createWebhook(getApp(), { caller, ...webhook, ...readSettings(form), authorization }),
  );
}

export async function saveWebhookAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  const authorization = textOf(form, 'authorization');
  const isKept = authorization === '' && textOf(form, 'removesAuthorization') === '';
  return changePart({ at: WEBHOOKS, bound, form }, (caller, webhook) =>
    updateWebhook(getApp(), { caller, ...webhook, ...readSettings(form), ...(!isKept && { authorization }) }),
  );
}

/** Bound to the new state, so that a stale page can't undo another member's change. */
export async function switchWebhookAction(
  bound: BoundPart & { isEnabled: boolean },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const isEnabled = parseBound(z.boolean(), bound.isEnabled);
  return changePart({ at: WEBHOOKS, bound, form }, (caller, webhook) =>
    updateWebhook(getApp(), { caller, ...webhook, isEnabled }),
  );
}

export async function rotateSecretAction(
  bound: BoundPart,
  _state: FormState<NewSecret>,
  form: FormData,
): Promise<FormState<NewSecret>> {
  return askPart({ at: WEBHOOKS, bound, form }, async (caller, webhook) => {
    const { secret } = await rotateWebhookSecret(getApp(), { caller, ...webhook });
    return { name: webhook.name, secret };
  });
}

export async function testWebhookAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  return changePart({ at: WEBHOOKS, bound, form }, (caller, webhook) => testWebhook(getApp(), { caller, ...webhook }));
}

export async function redeliverAction(
  bound: BoundPart & { delivery: string },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const delivery = BigInt(parseBound(z.string().regex(/^\d{1,18}$/), bound.delivery));
  return changePart({ at: WEBHOOKS, bound, form }, (caller, webhook) =>
    redeliverEvent(getApp(), { caller, ...webhook, delivery }),
  );
}

export async function removeWebhookAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  const { registryId } = parseBoundRegistry(bound);
  const result = await changePart({ at: WEBHOOKS, bound, form }, (caller, webhook) =>
    removeWebhook(getApp(), { caller, ...webhook }),
  );
  if (result?.ok === false) return result;
  redirect(webhooksLink({ registry: registryId }));
}

/** The use cases refuse other formats and events. */
function readSettings(form: FormData) {
  return {
    url: textOf(form, 'url'),
    format: textOf(form, 'format') as WebhookFormat,
    eventTypes: textsOf(form, 'eventTypes') as SubscribableType[],
    repositoryPattern: textOf(form, 'repositoryPattern').trim() || '*',
    tagPattern: textOf(form, 'tagPattern').trim() || '*',
  };
}
