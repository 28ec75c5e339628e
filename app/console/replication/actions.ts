'use server';

import { z } from 'zod';
import type { FormState } from '#components/forms/form-state.ts';
import { REPLICATION } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { startBackfill } from '#lib/replication/backfills/start-backfill.ts';
import { putReplicationConfiguration } from '#lib/replication/put-replication-configuration.ts';
import { removeDestination } from '#lib/replication/remove-destination.ts';
import { retryReplication } from '#lib/replication/replication-failures.ts';
import { destinationSettingsSchema, saveDestination } from '#lib/replication/save-destination.ts';
import {
  regionSchema,
  registryIdSchema,
  replicationDestinationSchema,
  type ReplicationDestinationName,
} from '#lib/replication/schema.ts';
import { parseBound } from '../../_lib/actions/bound-arguments.ts';
import { changePart, type BoundRegistry } from '../../_lib/actions/change-part.ts';
import { jsonOf, textOf } from '../../_lib/actions/run-action.ts';

// The page binds each action to its registry. The use cases authorize the caller.

export async function saveRulesAction(bound: BoundRegistry, _state: FormState, form: FormData): Promise<FormState> {
  return changePart({ at: REPLICATION, bound: { ...bound, name: '' }, form }, (caller, { registryKey }) =>
    putReplicationConfiguration(getApp(), { caller, registryKey, rules: jsonOf(form, 'rules') }),
  );
}

export async function saveDestinationAction(
  bound: BoundRegistry,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  return changePart({ at: REPLICATION, bound: { ...bound, name: '' }, form }, (caller, { registryKey }) => {
    const name = {
      region: parseField('region', regionSchema, textOf(form, 'region').trim()),
      registryId: parseField('registryId', registryIdSchema, textOf(form, 'registryId').trim()),
    };
    const { shape } = destinationSettingsSchema;
    const limit = textOf(form, 'maxBytesPerSecond').trim();
    const settings = {
      host: parseField('host', shape.host, textOf(form, 'host').trim()),
      isPlainHttp: textOf(form, 'isPlainHttp') !== '',
      namespace: parseField('namespace', shape.namespace, textOf(form, 'namespace').trim()),
      username: parseField('username', shape.username, textOf(form, 'username').trim() || null),
      password: parseField('password', shape.password, textOf(form, 'password') || undefined),
      maxBytesPerSecond: parseField('maxBytesPerSecond', shape.maxBytesPerSecond, limit === '' ? null : Number(limit)),
    };
    return saveDestination(getApp(), { caller, registryKey, name, settings });
  });
}

export async function removeDestinationAction(
  bound: BoundRegistry & { destination: ReplicationDestinationName },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const { destination, ...registry } = bound;
  const name = parseBound(replicationDestinationSchema, destination);
  return changePart({ at: REPLICATION, bound: { ...registry, name: '' }, form }, (caller, { registryKey }) =>
    removeDestination(getApp(), { caller, registryKey, name }),
  );
}

export async function startBackfillAction(
  bound: BoundRegistry & { destination: ReplicationDestinationName },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const { destination: text, ...registry } = bound;
  const destination = parseBound(replicationDestinationSchema, text);
  return changePart({ at: REPLICATION, bound: { ...registry, name: '' }, form }, async (caller, { registryKey }) => {
    await startBackfill(getApp(), { caller, registryKey, destination });
  });
}

/** Without a task, retries all failed copies of the registry. */
export async function retryReplicationAction(
  bound: BoundRegistry & { task: string | null },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const { task: text, ...registry } = bound;
  const task = parseBound(
    z
      .string()
      .regex(/^\d{1,18}$/)
      .nullable(),
    text,
  );
  return changePart({ at: REPLICATION, bound: { ...registry, name: '' }, form }, (caller, { registryKey }) =>
    retryReplication(getApp(), { caller, registryKey, task: task === null ? null : BigInt(task) }),
  );
}
