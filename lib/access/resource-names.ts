// What policies call the things that are asked about.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
import { ACTIONS, type Action } from './actions.ts';

export type NamedResource = {
  region: string;
  /** 12 digits. Null: of no registry, or it isn't known. */
  registryId: string | null;
  /** `ALIAS/NAME` by any alias. */
  fullName?: string;
  visibility?: 'public' | 'private';
  alias?: string;
  userId?: string;
};

/** Stands for a name that doesn't exist yet, or doesn't matter. */
const ANY_NAME = '*';

/** The ARN that an action is about. `*`: it has no resource, so that a narrower `Resource` doesn't allow it. */
export function resourceName(action: Action, named: NamedResource): string {
  const { region, registryId } = named;
  const { on } = ACTIONS[action];
  if (on === 'site') return `arn:aws:vitrine:${region}::site`;
  if (on === 'account') return named.userId ? `arn:aws:vitrine:${region}::user/${named.userId}` : '*';
  if (on === 'none' || registryId === null) return '*';
  if (on === 'repository') return repositoryName(registryId, named);
  if (on === 'alias') return `arn:aws:vitrine:${region}:${registryId}:alias/${named.alias ?? ANY_NAME}`;
  // ECR Public has no regions.
  const isPublic = action.startsWith('ecr-public:');
  return `arn:aws:${isPublic ? 'ecr-public:' : `vitrine:${region}`}:${registryId}:registry/${registryId}`;
}

/** One name per registry. Its visibility decides which of the two services shows it. */
function repositoryName(registryId: string, { region, fullName, visibility }: NamedResource): string {
  // Every alias of a registry names the same repositories.
  const name = fullName?.slice(fullName.indexOf('/') + 1) ?? ANY_NAME;
  const service = visibility === 'public' ? 'ecr-public:' : `ecr:${region}`;
  return `arn:aws:${service}:${registryId}:repository/${name}`;
}

/** A member is a user of the registry. The id stays theirs when the address changes, and is nobody else's ever after. */
export function userName(registryId: string, userId: string): string {
  return `arn:aws:iam::${registryId}:user/${userId}`;
}
