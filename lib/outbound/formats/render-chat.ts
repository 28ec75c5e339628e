import type { Render, StoredEvent } from './format.ts';

export function renderChat(to: 'slack' | 'teams'): Render {
  return (event, { publicUrl }) => {
    const { text, url } = describeEvent(event, publicUrl);
    const payload = to === 'slack' ? { text: `${escapeSlack(text)}\n<${url}>` } : toCard(text, url);
    return { contentType: 'application/json', payload };
  };
}

/** One sentence for people, and the address of a page. */
export function describeEvent(
  { type, fullName, tag, digest, detail }: StoredEvent,
  publicUrl: string,
): { text: string; url: string } {
  const reference = tag === null ? (digest === null ? '' : `@${digest.slice(0, 19)}`) : `:${tag}`;
  const subject = fullName === null ? toText(detail.name) : `${fullName}${reference}`;
  const [noun = '', verb = ''] = type.split('.');
  const what =
    verb === 'test' ? 'Test of a webhook' : `${noun[0]?.toUpperCase()}${noun.slice(1)} ${verb.replaceAll('_', ' ')}`;
  return { text: `${what}: ${subject}`, url: fullName === null ? publicUrl : `${publicUrl}/${fullName}` };
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** @see https://docs.slack.dev/messaging/formatting-message-text/ */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** @see https://adaptivecards.io/explorer/AdaptiveCard.html */
function toCard(text: string, url: string): object {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [{ type: 'TextBlock', text, wrap: true }],
    actions: [{ type: 'Action.OpenUrl', title: 'Open', url }],
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] };
}
