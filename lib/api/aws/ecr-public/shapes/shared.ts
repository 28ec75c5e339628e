// Shapes shared by several groups of operations.
import { z } from 'zod';
import { text } from '#lib/api/aws/values.ts';

export const publicRepositoryName = text({
  min: 2,
  max: 205,
  pattern: '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*',
});
export const publicRegistryId = text({ pattern: '[0-9]{12}' });
export const publicTag = z.object({
  Key: text({ min: 1, max: 128 }).optional(),
  Value: text({ min: 0, max: 256 }).optional(),
});
