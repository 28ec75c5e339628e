// Templates of repositories that a push, a pull-through rule or replication creates.
import { z } from 'zod';
import { createTemplate } from '#lib/repositories/templates/create-template.ts';
import { deleteTemplate } from '#lib/repositories/templates/delete-template.ts';
import { MAX_TEMPLATES, TEMPLATE_PURPOSES } from '#lib/repositories/templates/schema.ts';
import { showTemplates } from '#lib/repositories/templates/show-templates.ts';
import { updateTemplate } from '#lib/repositories/templates/update-template.ts';
import { visibilitySchema } from '#lib/repositories/schema.ts';
import { tagMutabilitySchema } from '#lib/repositories/tag-mutability/schema.ts';
import { defineRoute } from '../../define-route.ts';
import { findOwnRegistry } from '../../find-own-registry.ts';

const tag = 'templates';
const ROOT = 'ROOT';
const registryParams = z.object({ registryId: z.string() });
const prefixSchema = z.string().max(300).describe(`With each slash in a path encoded as %2F. ${ROOT} for every name`);
const templateParams = registryParams.extend({ prefix: prefixSchema });

const settings = {
  appliedFor: z.array(z.enum(TEMPLATE_PURPOSES)).describe('How the repositories come into being'),
  description: z.string(),
  visibility: visibilitySchema.nullable().describe("Null for the registry's setting. Mirrors ignore it"),
  usesKms: z.boolean().describe('Whether a KMS key seals blobs'),
  kmsKey: z.string().nullable().describe('An ID, ARN or alias. Null for the KMS key of the site'),
  tagMutability: tagMutabilitySchema,
  tagExclusions: z.array(z.string()).describe('Patterns of tag names, with *'),
  repositoryPolicy: z.string().nullable().describe("JSON in IAM's grammar"),
  lifecyclePolicy: z.string().nullable().describe('JSON in the grammar of ECR'),
  resourceTags: z.array(z.object({ key: z.string(), value: z.string() })),
  roleArn: z.string().nullable().describe('Kept for AWS clients, without an effect'),
};
const templateView = z.object({ prefix: prefixSchema, ...settings, createdAt: z.date(), updatedAt: z.date() });
const { appliedFor, ...others } = settings;
const newTemplate = z.strictObject({
  prefix: prefixSchema,
  appliedFor,
  ...z.object(others).partial().shape,
});
const changedTemplate = z
  .strictObject(z.object(settings).partial().shape)
  .describe('Omitted settings keep their values');

export const TEMPLATE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/registries/{registryId}/templates',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['pull'] },
    summary: "List a registry's creation templates. For owners and maintainers",
    params: registryParams,
    output: z.object({ templates: z.array(templateView) }),
    handle: async (app, { caller, params }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return { templates: (await showTemplates(app, { caller, registryKey })).map(present) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/registries/{registryId}/templates',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: `Create a creation template, at most ${MAX_TEMPLATES} for each registry`,
    params: registryParams,
    body: newTemplate,
    output: templateView,
    status: 201,
    handle: async (app, { caller, params, body: { prefix, ...given } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, params.registryId);
      return present(await createTemplate(app, { caller, registryKey, prefix: parse(prefix), settings: given }));
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/registries/{registryId}/templates/{prefix}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: 'Change a creation template. Existing repositories stay as they are',
    params: templateParams,
    body: changedTemplate,
    output: templateView,
    handle: async (app, { caller, params: { registryId, prefix }, body }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      return present(await updateTemplate(app, { caller, registryKey, prefix: parse(prefix), settings: body }));
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/registries/{registryId}/templates/{prefix}',
    tag,
    access: 'user',
    reach: { to: 'registry', actions: ['push'] },
    summary: 'Delete a creation template. Existing repositories stay as they are',
    params: templateParams,
    handle: async (app, { caller, params: { registryId, prefix } }) => {
      const { id: registryKey } = await findOwnRegistry(app, caller, registryId);
      await deleteTemplate(app, { caller, registryKey, prefix: parse(prefix) });
    },
  }),
];

function parse(prefix: string): string {
  return prefix === ROOT ? '' : prefix;
}

function present<Template extends { prefix: string }>(template: Template): Template {
  return { ...template, prefix: template.prefix || ROOT };
}
