// What formats are given, and what they return.

/** An event as it is stored. */
export type StoredEvent = {
  eventId: string;
  at: Date;
  type: string;
  /** `ALIAS/NAME`. Null for an event of the registry. */
  fullName: string | null;
  tag: string | null;
  digest: string | null;
  actor: string;
  detail: Record<string, unknown>;
};

export type RenderContext = {
  registryId: string;
  publicUrl: string;
  /** The prefix of image references. */
  publicHost: string;
  site: { region: string };
};

type Rendered = { contentType: string; payload: object };
export type Render = (event: StoredEvent, context: RenderContext) => Rendered;
