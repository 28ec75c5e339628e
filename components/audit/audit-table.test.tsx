import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { AuditEventView } from '#lib/events/read-audit.ts';
import { AuditTable } from './audit-table.tsx';

const event = (action: string): AuditEventView => ({
  id: action,
  at: new Date(0),
  lastAt: new Date(0),
  count: 1,
  actorId: null,
  actor: 'anonymous',
  action,
  target: 'acme/app',
  before: null,
  after: null,
  address: null,
  userAgent: null,
  credential: null,
  accessTokenId: null,
  accessKeyId: null,
  requestId: null,
  registryId: null,
});

test('events with an explanation link to it', () => {
  const events = [event('push.refuse'), event('manifest.push')];
  const explanationOf = ({ action }: AuditEventView) => (action === 'push.refuse' ? '/why' : null);
  const html = renderToStaticMarkup(<AuditTable events={events} explanationOf={explanationOf} hasClients={false} />);
  expect(html.match(/<a [^>]*>[^<]*<\/a>/g)).toEqual(['<a class="link" href="/why">Explain</a>']);
  expect(renderToStaticMarkup(<AuditTable events={events} hasClients={false} />)).not.toContain('<a ');
});
