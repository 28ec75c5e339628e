import type { AuditCaller } from './audit-row.ts';

/** The resources of changes. `name`, with the tag or digest, becomes the target in the audit log. */
export type Resources = {
  /** `name`: `ALIAS/NAME`. */
  repository: { repositoryId: bigint; name: string };
  tag: { repositoryId: bigint; name: string; tag: string };
  manifest: { repositoryId: bigint; name: string; digest: string };
  blob: { repositoryId: bigint; name: string; digest: string };
  /** `name`: the 12-digit id. */
  registry: { name: string };
  /** `name`: an email address. */
  member: { name: string };
  user: { name: string };
  alias: { name: string };
  domain: { name: string };
  upstream: { name: string };
  robot: { name: string };
  role: { name: string };
  team: { name: string };
  webhook: { name: string };
  /** A managed policy. */
  policy: { name: string };
  /** `name`: the issuer. */
  identityProvider: { name: string };
  accessToken: { name: string };
  /** `name`: its id. */
  accessKey: { name: string };
  /** Anything that belongs to the site as a whole. */
  site: { name: string };
};
export type About = keyof Resources;

/** What changes state besides their resource. */
export type ChangeDetail = {
  before?: object;
  after?: object;
  /** Input for subscribers. Not stored. */
  facts?: object;
};

export type ChangeContext = {
  caller: AuditCaller;
  /** The id of its event, set when it is recorded. */
  eventId?: string;
  /** False if the registry has no webhooks, which spares a statement. Otherwise they are looked up. */
  hasWebhooks?: boolean;
};

export type ReplicationDestinationTexts = {
  region: string;
  registryId: string;
  host: string;
  namespace: string;
  username: string | null;
};
