import { expect, test } from 'vitest';
import { signRequest } from './sign-request.ts';

const SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const CONTENT = {
  id: 'evt_01HXDEMO',
  timestampSeconds: 1767225600,
  body: '{"type":"artifact.pushed","data":{"tag":"1"}}',
};

test('signs as Standard Webhooks says', () => {
  expect(signRequest([SECRET], CONTENT)).toMatchObject({
    'webhook-id': 'evt_01HXDEMO',
    'webhook-timestamp': '1767225600',
    'webhook-signature': 'v1,LMW5vFyDGSg3QtQpxTo/zBOdhET8MG7sWlpRfJiVDV4=',
  });
});

test('signs with both secrets, the newest first, and for Flux with the newest', () => {
  const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const both = signRequest([other, SECRET], CONTENT);
  expect(both['webhook-signature']?.split(' ')[1]).toBe('v1,LMW5vFyDGSg3QtQpxTo/zBOdhET8MG7sWlpRfJiVDV4=');
  expect(both['x-signature']).toBe(signRequest([other], CONTENT)['x-signature']);
  expect(both['x-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
});
