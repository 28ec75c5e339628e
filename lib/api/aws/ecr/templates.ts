// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
import { z } from 'zod';
import { isAppError } from '#lib/platform/errors.ts';
import { createTemplate } from '#lib/repositories/templates/create-template.ts';
import { deleteTemplate } from '#lib/repositories/templates/delete-template.ts';
import { findTemplate, listTemplates } from '#lib/repositories/templates/template-rows.ts';
import { updateTemplate } from '#lib/repositories/templates/update-template.ts';
import { awsError, invalidParameter } from '../aws-error.ts';
import { defineOperations, type Call } from '../define-operations.ts';
import { openPageToken, sealPageToken } from '../page-token.ts';
import { parseRulePrefix } from '../pull-through/present-rule.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { parseTemplate, presentTemplate } from '../templates/present-template.ts';
import { ECR_TEMPLATES_SHAPES } from './shapes/templates.ts';

const DEFAULT_RESULTS = 100;

export const ECR_TEMPLATES = defineOperations('ecr', ECR_TEMPLATES_SHAPES, {
  CreateRepositoryCreationTemplate: async (app, call, { prefix, ...asked }) => {
    requireAwsAllowed(call);
    const { appliedFor, ...settings } = parseTemplate(asked);
    const input = { ...own(call, prefix), settings: { ...settings, appliedFor: appliedFor ?? [] } };
    const template = await createTemplate(app, input).catch((error: unknown) => {
      throw toTemplateError(call, prefix, error);
    });
    return present(call, template, prefix);
  },

  DescribeRepositoryCreationTemplates: async (app, call, { prefixes, maxResults = DEFAULT_RESULTS, nextToken }) => {
    requireAwsAllowed(call);
    const { registryKey, membership } = call.holder;
    const { registryId } = membership;
    if (prefixes) {
      if (nextToken !== undefined) throw invalidParameter('nextToken', 'must not be combined with prefixes');
      const found = [];
      for (const asked of new Set(prefixes)) {
        const template = await findTemplate(app, { registryKey, prefix: parseRulePrefix(asked) });
        if (template) found.push(presentTemplate(template, asked));
      }
      return { registryId, repositoryCreationTemplates: found };
    }
    const question = [call.action, registryId];
    const after = openPageToken(app.authKeys.awsPages, question, { token: nextToken, schema: z.string() });
    const rows = (await listTemplates(app, { registryKey })).filter(({ prefix }) => after === null || prefix > after);
    const page = rows.slice(0, maxResults);
    const last = page.at(-1);
    return {
      registryId,
      repositoryCreationTemplates: page.map((template) => presentTemplate(template)),
      ...(rows.length > page.length &&
        last && { nextToken: sealPageToken(app.authKeys.awsPages, question, last.prefix) }),
    };
  },

  UpdateRepositoryCreationTemplate: async (app, call, { prefix, ...asked }) => {
    requireAwsAllowed(call);
    const input = { ...own(call, prefix), settings: parseTemplate(asked) };
    const template = await updateTemplate(app, input).catch((error: unknown) => {
      throw toTemplateError(call, prefix, error);
    });
    return present(call, template, prefix);
  },

  DeleteRepositoryCreationTemplate: async (app, call, { prefix }) => {
    requireAwsAllowed(call);
    const template = await deleteTemplate(app, own(call, prefix)).catch((error: unknown) => {
      throw toTemplateError(call, prefix, error);
    });
    return present(call, template, prefix);
  },
});

function own({ caller, holder }: Call, prefix: string) {
  return { caller, registryKey: holder.registryKey, prefix: parseRulePrefix(prefix) };
}

function present({ holder }: Call, ...shown: Parameters<typeof presentTemplate>) {
  return { registryId: holder.membership.registryId, repositoryCreationTemplate: presentTemplate(...shown) };
}

function toTemplateError({ holder }: Call, prefix: string, error: unknown): unknown {
  if (!isAppError(error)) return error;
  const where = `in the registry with id '${holder.membership.registryId}'`;
  const template = `The repository creation template with prefix '${prefix}'`;
  if (error.code === 'not_found') {
    return awsError('TemplateNotFoundException', `${template} does not exist ${where}`);
  }
  if (error.code !== 'name_taken') return error;
  return awsError('TemplateAlreadyExistsException', `${template} already exists ${where}`);
}
