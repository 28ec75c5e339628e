import { ACTIONS, type Action } from '#lib/access/actions.ts';
import { REPOSITORY_ACTIONS, type RepositoryAction, type RequestContext } from '#lib/access/schema.ts';
import { normaliseAddress } from '#lib/platform/http/client-network.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import type { Visibility } from '#lib/repositories/schema.ts';
import { MAX_ASKED_LENGTH, type AskedCircumstances } from './schema.ts';

/** The actions that take part in a request of docker. All of them must be allowed. */
export type AskedAction = { name: string; right: RepositoryAction | null; steps: readonly [Action, ...Action[]] };

const PRIVATE_STEPS = {
  pull: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  push: [
    ...(['ecr:PutImage', 'ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload'] as const),
    'ecr:BatchCheckLayerAvailability',
  ],
  delete: ['ecr:BatchDeleteImage'],
} as const satisfies Record<RepositoryAction, readonly Action[]>;

/** Anyone may read layers of a public repository. */
const PUBLIC_STEPS = {
  pull: ['ecr:BatchGetImage'],
  push: ['ecr:PutImage', 'ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload'],
  delete: ['ecr:BatchDeleteImage'],
} as const satisfies Record<RepositoryAction, readonly Action[]>;

/** AWS names of actions on a repository that exists. */
const NAMED = new Map(
  (Object.keys(ACTIONS) as Action[])
    .filter((action) => /^ecr(?:-public)?:/.test(action) && ACTIONS[action].on === 'repository')
    .filter((action) => !action.endsWith(':CreateRepository'))
    .map((action) => [action.toLowerCase(), action]),
);

/** Whether an action by its AWS name can be asked about. */
export function isSimulated(action: string): boolean {
  return NAMED.has(action.toLowerCase());
}

/** @throws AppError `invalid_input` */
export function parseAction(text: string, visibility: Visibility): AskedAction {
  const name = text.trim();
  const right = REPOSITORY_ACTIONS.find((known) => known === name.toLowerCase());
  if (right) return { name: right, right, steps: (visibility === 'public' ? PUBLIC_STEPS : PRIVATE_STEPS)[right] };
  const action = NAMED.get(name.toLowerCase());
  if (!action) {
    throw invalidField('action', 'Enter pull, push, delete or an action on repositories, such as ecr:PutImage.');
  }
  if (action.startsWith('ecr-public:') && visibility === 'private') {
    throw invalidField('action', `${action} is for public repositories. Use an action of ecr.`);
  }
  return { name: action, right: null, steps: [action] };
}

/**
 * Replaces what a request says about its client.
 * @throws AppError `invalid_input`
 */
export function parseCircumstances(asked: AskedCircumstances, { site, requestId }: RequestContext) {
  const address = asked.address?.trim() ?? '';
  const normal = address.length > MAX_ASKED_LENGTH ? null : normaliseAddress(address);
  if (address !== '' && normal === null) {
    throw invalidField('address', 'Enter a single IP address, such as 203.0.113.7 or 2001:db8::7.');
  }
  const userAgent = asked.userAgent?.trim() ?? '';
  if (userAgent.length > MAX_ASKED_LENGTH) {
    throw invalidField('userAgent', `A user agent has at most ${MAX_ASKED_LENGTH} characters here.`);
  }
  return {
    requestId,
    address: normal,
    at: parseTime(asked.at?.trim() ?? ''),
    userAgent: userAgent === '' ? null : userAgent,
    site: { ...site, isSecure: asked.isSecure ?? site.isSecure },
  } satisfies RequestContext;
}

const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i;

function parseTime(text: string): Date {
  if (text === '') return new Date();
  const [, day = '', time = '00:00', offset = 'Z'] = TIME.exec(text) ?? [];
  const at = new Date(`${day}T${time}${offset.toUpperCase()}`);
  // Days such as 30 February roll over.
  const isReal = new Date(`${day}T00:00Z`).toJSON()?.startsWith(day) ?? false;
  if (!day || Number.isNaN(at.getTime()) || !isReal) {
    throw invalidField('at', 'Enter a time in ISO 8601, such as 2027-01-04T08:00:00Z.');
  }
  return at;
}
