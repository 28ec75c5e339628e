// Writes an event in the format that a webhook's receiver expects.
import type { WebhookFormat } from '#lib/outbound/webhooks/schema.ts';
import type { Render, RenderContext, StoredEvent } from './format.ts';
import { renderChat } from './render-chat.ts';
import { renderCloudEvent } from './render-cloud-event.ts';
import { renderEventBridge } from './render-event-bridge.ts';
import { renderDistribution, renderDockerHub, renderHarbor, renderQuay } from './render-image-event.ts';

/** Those that are sent over HTTP. */
export type RequestFormat = Exclude<WebhookFormat, 'email'>;

const RENDERERS: Record<RequestFormat, Render> = {
  eventbridge: renderEventBridge,
  cloudevents: renderCloudEvent,
  harbor: renderHarbor,
  'docker-hub': renderDockerHub,
  quay: renderQuay,
  distribution: renderDistribution,
  slack: renderChat('slack'),
  teams: renderChat('teams'),
};

export function renderEvent(
  format: RequestFormat,
  event: StoredEvent,
  context: RenderContext,
): { contentType: string; body: string } {
  const { contentType, payload } = RENDERERS[format](event, context);
  return { contentType, body: JSON.stringify(payload) };
}
