// Rules that pull unknown names below a prefix through, into private repositories.
import { z } from 'zod';
import { upstreamSettingsSchema } from '#lib/upstream/schema.ts';
import { checkOwnRule } from '#lib/upstream/rules/check-own-rule.ts';
import { createRule, MAX_RULES, type PullThroughRule } from '#lib/upstream/rules/create-rule.ts';
import { deleteRule } from '#lib/upstream/rules/delete-rule.ts';
import { listPullThroughRules } from '#lib/upstream/rules/list-rules.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';

const tag = 'mirrors';
const ROOT = 'ROOT';
const registryParams = z.object({ registryId: z.string() });
const prefixSchema = z.string().max(300).describe(`With each slash in a path encoded as %2F. ${ROOT} for every name`);
const ruleParams = registryParams.extend({ prefix: prefixSchema });
const upstreamPrefix = z.string().describe('Takes the place of the prefix there. Empty to drop it');
const ruleView = z.object({ prefix: prefixSchema, upstreamHost: z.string(), upstreamPrefix, createdAt: z.date() });

export const PULL_THROUGH_RULE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/pull-through-rules',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: 'List pull-through rules. For members',
    params: registryParams,
    output: z.object({ rules: z.array(ruleView) }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { rules: (await listPullThroughRules(app, { registryKey })).map(present) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/pull-through-rules',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: `Create a pull-through rule, at most ${MAX_RULES} for each registry`,
    params: registryParams,
    body: z.strictObject({
      prefix: prefixSchema,
      upstream: upstreamSettingsSchema.describe('Omitted settings of a known upstream keep their values'),
      upstreamPrefix: upstreamPrefix.default(''),
    }),
    output: ruleView,
    status: 201,
    handle: async (app, { caller, params, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return present(await createRule(app, { caller, registryKey, ...body, prefix: parse(body.prefix) }));
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/pull-through-rules/{prefix}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: 'Delete a pull-through rule. Repositories that it created stay mirrors',
    params: ruleParams,
    handle: async (app, { caller, params: { registryId, prefix } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await deleteRule(app, { caller, registryKey, prefix: parse(prefix) });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/pull-through-rules/{prefix}/check',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: "Ask a rule's upstream now",
    params: ruleParams,
    output: z.object({ problem: z.string().nullable().describe('Null if the upstream answers') }),
    handle: async (app, { caller, params: { registryId, prefix } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return checkOwnRule(app, { caller, registryKey, prefix: parse(prefix) });
    },
  }),
];

function parse(prefix: string): string {
  return prefix === ROOT ? '' : prefix;
}

function present({ prefix, upstream, upstreamPrefix: replaced, createdAt }: PullThroughRule) {
  return { prefix: prefix || ROOT, upstreamHost: upstream.host, upstreamPrefix: replaced, createdAt };
}
