// Renames, redirects of former names, transfers between registries, and deprecation.
import type { UserCaller } from '#lib/access/schema.ts';
import { z } from 'zod';
import { deprecateRepository } from '#lib/repositories/deprecation/deprecate-repository.ts';
import { deprecationSchema } from '#lib/repositories/deprecation/deprecation.ts';
import { acceptTransfer } from '#lib/repositories/moves/accept-transfer.ts';
import { endRedirect } from '#lib/repositories/moves/end-redirect.ts';
import { declineTransfer, withdrawTransfer } from '#lib/repositories/moves/end-transfer.ts';
import { listFormerNames, listTransfers } from '#lib/repositories/moves/move-queries.ts';
import { offerTransfer } from '#lib/repositories/moves/offer-transfer.ts';
import { renameRepository } from '#lib/repositories/moves/rename-repository.ts';
import { repositoryNameSchema } from '#lib/repositories/schema.ts';
import { defineRoute, type RestApp } from '../define-route.ts';
import { findOwnRegistry } from '../find-own-registry.ts';

const tag = 'moves';
const repositoryParams = z.object({
  repository: z.string().max(300).describe('ALIAS/NAME with each slash encoded as %2F'),
});
const registryParams = z.object({ registryId: z.string() });
const transferParams = registryParams.extend({ id: z.string() });
const MAX_FORMER_NAMES = 1_000;

const movedSchema = z.object({ fullName: z.string().describe('ALIAS/NAME, its address from now on') });
const transferSchema = z.object({
  id: z.string(),
  fullName: z.string(),
  from: z.string().describe('An alias of the registry that offers it'),
  to: z.string().describe('An alias of the registry it is offered to'),
  offeredBy: z.string(),
  createdAt: z.date(),
  expiresAt: z.date(),
});

async function ownRegistryKey(app: RestApp, caller: UserCaller, registryId: string): Promise<bigint> {
  return (await findOwnRegistry(app, caller, registryId)).id;
}

export const MOVE_ROUTES = [
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/name',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push', 'delete'] },
    summary: 'Rename a repository. The former name redirects, and pulls by it go on',
    params: repositoryParams,
    body: z.strictObject({ name: repositoryNameSchema.describe('Without the alias') }),
    output: movedSchema,
    handle: async (app, { caller, params, body }) => ({
      fullName: await renameRepository(app, { caller, fullName: params.repository, name: body.name }),
    }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/repositories/{repository}/redirect',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push', 'delete'] },
    summary: 'End the redirect of a former name, which is given as the repository',
    params: repositoryParams,
    handle: (app, { caller, params }) => endRedirect(app, { caller, fullName: params.repository }),
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/former-names',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: `List the registry's former names that redirect, latest first, at most ${MAX_FORMER_NAMES}`,
    params: registryParams,
    output: z.object({
      formerNames: z.array(z.object({ fullName: z.string(), movedTo: z.string(), createdAt: z.date() })),
    }),
    handle: async (app, { caller, params }) => {
      const registryKey = await ownRegistryKey(app, caller, params.registryId);
      return { formerNames: await listFormerNames(app, { registryKey, limit: MAX_FORMER_NAMES }) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/repositories/{repository}/transfer',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push', 'delete'] },
    summary: 'Offer a repository to another registry, whose owners accept within 7 days. For owners',
    params: repositoryParams,
    body: z.strictObject({ to: z.string().max(100).describe('An alias of the other registry') }),
    output: z.object({ id: z.string() }),
    handle: async (app, { caller, params, body }) => ({
      id: await offerTransfer(app, { caller, fullName: params.repository, to: body.to }),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/transfers',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'List the open transfers to and from a registry',
    params: registryParams,
    output: z.object({ incoming: z.array(transferSchema), outgoing: z.array(transferSchema) }),
    handle: async (app, { caller, params }) =>
      listTransfers(app, { registryKey: await ownRegistryKey(app, caller, params.registryId) }),
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/transfers/{id}/accept',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: 'Accept a transfer to this registry. Its storage counts here from then on',
    params: transferParams,
    body: z.strictObject({ name: repositoryNameSchema.optional().describe('Another name, if the old one is taken') }),
    output: movedSchema,
    handle: async (app, { caller, params, body }) => {
      const registryKey = await ownRegistryKey(app, caller, params.registryId);
      const { name } = body;
      const answer = { caller, id: params.id, registryKey };
      return { fullName: await acceptTransfer(app, { ...answer, ...(name !== undefined && { name }) }) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/transfers/{id}/decline',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: 'Decline a transfer to this registry',
    params: transferParams,
    handle: async (app, { caller, params }) => {
      const registryKey = await ownRegistryKey(app, caller, params.registryId);
      await declineTransfer(app, { caller, id: params.id, registryKey });
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/transfers/{id}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: 'Withdraw a transfer that this registry offered',
    params: transferParams,
    handle: async (app, { caller, params }) => {
      const registryKey = await ownRegistryKey(app, caller, params.registryId);
      await withdrawTransfer(app, { caller, id: params.id, registryKey });
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/repositories/{repository}/deprecation',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push'] },
    summary: 'Deprecate a repository with a notice on its page, or change the notice',
    params: repositoryParams,
    body: deprecationSchema,
    handle: (app, { caller, params, body }) =>
      deprecateRepository(app, { caller, fullName: params.repository, deprecation: body }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/repositories/{repository}/deprecation',
    tag,
    access: 'user',
    reach: { to: 'repository', actions: ['push'] },
    summary: 'Take the deprecation notice back',
    params: repositoryParams,
    handle: (app, { caller, params }) =>
      deprecateRepository(app, { caller, fullName: params.repository, deprecation: null }),
  }),
];
