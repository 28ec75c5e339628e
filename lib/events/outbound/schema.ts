// The events that leave the site, by webhooks and the feed of events. Type names are public. Browser-safe.
export const OUTBOUND_TYPES = [
  ...(['image.pushed', 'image.mirrored', 'image.deleted', 'image.restored', 'image.pulled'] as const),
  ...(['tag.created', 'tag.moved', 'tag.deleted', 'tag.restored'] as const),
  ...(['repository.created', 'repository.deleted', 'repository.restored', 'repository.renamed'] as const),
  ...(['repository.transferred', 'repository.deprecated', 'repository.visibility_changed'] as const),
  ...(['repository.quarantined', 'repository.released', 'repository.taken_down'] as const),
  ...(['alias.approved', 'alias.declined', 'alias.granted', 'alias.suspended', 'alias.reinstated'] as const),
] as const;

/** What a test button sends. No webhook can ask for it. */
export const TEST_TYPE = 'webhook.test';

/** Those that webhooks can ask for. */
export type SubscribableType = (typeof OUTBOUND_TYPES)[number];
export type OutboundType = SubscribableType | typeof TEST_TYPE;

/** What the audit log shows of a webhook. */
export type WebhookSettings = {
  /** Without its path, which is often a secret. For email, the address. */
  host: string;
  format: string;
  eventTypes: string[];
  repositoryPattern: string;
  tagPattern: string;
  isEnabled: boolean;
};
