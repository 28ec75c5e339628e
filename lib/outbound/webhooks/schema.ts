// Webhooks as forms and the API take them. Browser-safe.
import { z } from 'zod';
import { OUTBOUND_TYPES } from '#lib/events/outbound/schema.ts';
import { oneLine } from '#lib/platform/one-line.ts';

/** For each registry. */
export const MAX_WEBHOOKS = 20;
/** How long the former secret signs after a rotation. */
export const FORMER_SECRET_HOURS = 24;
/** Deliveries and events are kept as long. */
export const EVENT_DAYS = 30;
/** Failed deliveries are retried as long. */
export const RETRY_DAYS = 3;

/** Those that understand only images have no other events. */
export const FORMATS = {
  eventbridge: { name: 'EventBridge', types: OUTBOUND_TYPES },
  cloudevents: { name: 'CloudEvents', types: OUTBOUND_TYPES },
  harbor: { name: 'Harbor', types: ['image.pushed', 'image.mirrored', 'image.deleted', 'tag.deleted', 'image.pulled'] },
  'docker-hub': { name: 'Docker Hub', types: ['image.pushed', 'image.mirrored'] },
  quay: { name: 'Quay', types: ['image.pushed', 'image.mirrored'] },
  distribution: {
    name: 'Distribution',
    types: ['image.pushed', 'image.mirrored', 'image.deleted', 'tag.deleted', 'image.pulled'],
  },
  slack: { name: 'Slack', types: OUTBOUND_TYPES },
  teams: { name: 'Microsoft Teams', types: OUTBOUND_TYPES },
  email: { name: 'Email', types: OUTBOUND_TYPES },
} as const satisfies Record<string, { name: string; types: readonly (typeof OUTBOUND_TYPES)[number][] }>;

export type WebhookFormat = keyof typeof FORMATS;
const FORMAT_NAMES = Object.keys(FORMATS) as WebhookFormat[];

const WEBHOOK_NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const PATTERN = /^[A-Za-z0-9._/*-]+$/;

const urlSchema = z
  .string()
  .trim()
  .max(2_000, 'Use at most 2,000 characters.')
  .refine(isWebhookUrl, 'Enter a URL such as https://example.org/hook, without a user name or a fragment.');

const MAILTO = /^mailto:([^\s?%]+@[^\s?%]+)$/;

/** Returns the address of a `mailto:` URL, or null. */
export function readMailto(url: string): string | null {
  return MAILTO.exec(url)?.[1] ?? null;
}

function isWebhookUrl(text: string): boolean {
  if (text.startsWith('mailto:')) return readMailto(text) !== null;
  const url = URL.parse(text);
  if (!url || !/^[\x21-\x7e]+$/.test(text)) return false;
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === '';
}

const patternSchema = z
  .string()
  .trim()
  .max(255, 'Use at most 255 characters.')
  .regex(PATTERN, 'Enter a name. * matches any characters.');

const settingsShape = {
  url: urlSchema,
  format: z.enum(FORMAT_NAMES, { error: `Choose one of ${FORMAT_NAMES.join(', ')}.` }),
  eventTypes: z
    .array(z.enum(OUTBOUND_TYPES, { error: `Choose from ${OUTBOUND_TYPES.join(', ')}.` }))
    .min(1, 'Choose at least one event.')
    .transform((types) => OUTBOUND_TYPES.filter((type) => types.includes(type))),
  repositoryPattern: patternSchema,
  tagPattern: patternSchema,
  isEnabled: z.boolean(),
  /** The Authorization header. Null or empty: none. */
  authorization: oneLine(1_000)
    .refine((text) => /^[\x20-\x7e]*$/.test(text), 'Use only ASCII characters.')
    .transform((text) => text || null)
    .nullable(),
};

export const newWebhookSchema = z.object({
  name: oneLine(100).regex(
    WEBHOOK_NAME,
    'Use lowercase letters and digits, with single dots, hyphens or underscores between them.',
  ),
  ...settingsShape,
  format: settingsShape.format.default('eventbridge'),
  repositoryPattern: patternSchema.default('*'),
  tagPattern: patternSchema.default('*'),
  isEnabled: z.boolean().default(true),
  authorization: settingsShape.authorization.default(null),
});

/** Omitted fields keep their values. */
export const webhookChangeSchema = z.object(settingsShape).partial();

export type WebhookSettingsInput = z.input<typeof webhookChangeSchema>;
