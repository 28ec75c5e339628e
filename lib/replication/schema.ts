// Replication rules in ECR's form, with tag patterns of our own.
import { z } from 'zod';

/** ECR's limits. */
export const MAX_REPLICATION_RULES = 10;
export const MAX_DESTINATIONS = 25;
const MAX_FILTERS = 100;
const MAX_TAG_PATTERNS = 100;

export const regionSchema = z
  .string()
  .regex(/^[0-9a-z-]{2,25}$/, 'Enter 2 to 25 lower-case letters, digits and hyphens.');
export const registryIdSchema = z.string().regex(/^[0-9]{12}$/, 'Enter 12 digits.');

export const replicationDestinationSchema = z.object({ region: regionSchema, registryId: registryIdSchema });

export const replicationRuleSchema = z.object({
  destinations: z.array(replicationDestinationSchema).max(MAX_DESTINATIONS),
  /** Prefixes of repository names. Missing: every repository. */
  repositoryFilters: z
    .array(z.object({ filter: z.string().min(2).max(256), filterType: z.literal('PREFIX_MATCH') }))
    .min(1)
    .max(MAX_FILTERS)
    .optional(),
  /** Missing: every image, tagged or not. */
  tagPatterns: z.array(z.string().min(1).max(128)).min(1).max(MAX_TAG_PATTERNS).optional(),
  deleteReplication: z.object({ enabled: z.boolean() }).optional(),
});

export const replicationRulesSchema = z.array(replicationRuleSchema).max(MAX_REPLICATION_RULES);

export type ReplicationDestinationName = z.output<typeof replicationDestinationSchema>;
export type ReplicationRule = z.output<typeof replicationRuleSchema>;

/** What the rules say about one repository and destination, taken together. */
export type DestinationPlan = ReplicationDestinationName & {
  /** Null: all. */
  tagPatterns: string[] | null;
  deletes: boolean;
};

/** Combines the rules that cover a repository, one plan for each destination. */
export function planDestinations(rules: readonly ReplicationRule[], name: string): DestinationPlan[] {
  const plans = new Map<string, DestinationPlan>();
  for (const { destinations, repositoryFilters, tagPatterns = null, deleteReplication } of rules) {
    if (repositoryFilters && !repositoryFilters.some(({ filter }) => name.startsWith(filter))) continue;
    for (const { region, registryId } of destinations) {
      const key = `${region} ${registryId}`;
      const known = plans.get(key);
      plans.set(key, {
        region,
        registryId,
        tagPatterns: joinPatterns(known ? known.tagPatterns : [], tagPatterns),
        deletes: (known?.deletes ?? false) || (deleteReplication?.enabled ?? false),
      });
    }
  }
  return [...plans.values()];
}

function joinPatterns(one: string[] | null, other: string[] | null): string[] | null {
  return one === null || other === null ? null : [...one, ...other];
}
