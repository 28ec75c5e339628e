import type { z } from 'zod';
import type { TemplatePurpose, TemplateSettingsInput } from '#lib/repositories/templates/schema.ts';
import type { CreationTemplate } from '#lib/repositories/templates/template-rows.ts';
import type { ECR_TEMPLATES_SHAPES } from '../ecr/shapes/templates.ts';
import { ROOT_PREFIX } from '../pull-through/present-rule.ts';
import { parseEncryption, presentEncryption } from '../repositories/encryption.ts';
import { parseTagRule, presentTagRule } from '../repositories/tag-rule.ts';
import { parseAwsTags } from '../resource-tags/aws-tags.ts';

const PURPOSES = {
  CREATE_ON_PUSH: 'push',
  PULL_THROUGH_CACHE: 'pull_through',
  REPLICATION: 'replication',
} as const;
type AppliedFor = keyof typeof PURPOSES;
const APPLIED_FOR = Object.fromEntries(Object.entries(PURPOSES).map(([shown, purpose]) => [purpose, shown])) as Record<
  TemplatePurpose,
  AppliedFor
>;

type Asked = Omit<z.output<(typeof ECR_TEMPLATES_SHAPES)['UpdateRepositoryCreationTemplate']['input']>, 'prefix'>;

/**
 * Parses the members that a call has. Empty texts remove what they set.
 * @throws AppError `InvalidParameterException`, `InvalidTagParameterException`, `ValidationException`
 */
export function parseTemplate(asked: Asked): Partial<TemplateSettingsInput> {
  const { appliedFor, description, customRoleArn, repositoryPolicy, lifecyclePolicy, resourceTags } = asked;
  const { encryptionConfiguration: encryption, imageTagMutability, imageTagMutabilityExclusionFilters } = asked;
  const hasTagRule = imageTagMutability !== undefined || imageTagMutabilityExclusionFilters !== undefined;
  return {
    ...(appliedFor && { appliedFor: appliedFor.map((purpose) => PURPOSES[purpose]) }),
    ...(description !== undefined && { description }),
    ...(customRoleArn !== undefined && { roleArn: customRoleArn || null }),
    ...(repositoryPolicy !== undefined && { repositoryPolicy: repositoryPolicy || null }),
    ...(lifecyclePolicy !== undefined && { lifecyclePolicy: lifecyclePolicy || null }),
    ...(resourceTags && { resourceTags: parseAwsTags(resourceTags) }),
    ...(encryption && toKey(encryption)),
    ...(hasTagRule && parseTagRule(asked)),
  };
}

function toKey({ encryptionType, kmsKey }: NonNullable<Asked['encryptionConfiguration']>) {
  const key = parseEncryption({ encryptionType, kmsKey: kmsKey || undefined });
  return { usesKms: key !== undefined, kmsKey: key ?? null };
}

/** @param asked the caller's spelling of the prefix, which may end in a slash */
export function presentTemplate(template: CreationTemplate, asked = template.prefix || ROOT_PREFIX) {
  const { appliedFor, description, roleArn, repositoryPolicy, lifecyclePolicy, resourceTags } = template;
  return {
    prefix: asked,
    ...(description !== '' && { description }),
    encryptionConfiguration: presentEncryption(template.usesKms ? template.kmsKey : undefined),
    ...(resourceTags.length > 0 && {
      resourceTags: resourceTags.map(({ key: Key, value: Value }) => ({ Key, Value })),
    }),
    ...presentTagRule(template),
    ...(repositoryPolicy !== null && { repositoryPolicy }),
    ...(lifecyclePolicy !== null && { lifecyclePolicy }),
    appliedFor: appliedFor.map((purpose) => APPLIED_FOR[purpose]),
    ...(roleArn !== null && { customRoleArn: roleArn }),
    createdAt: template.createdAt,
    updatedAt: template.updatedAt,
  };
}
