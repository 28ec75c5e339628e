import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { readLargeBody } from './read-large-body.ts';

test('a body that trickles in is refused after the deadline', async () => {
  const req = new IncomingMessage(new Socket());
  const trickle = setInterval(() => req.push('a'), 10);
  try {
    const body = readLargeBody(req, { maxBytes: 1024, deadlineMs: 100 });
    await expect(body).rejects.toMatchObject({ detail: { awsType: 'RequestTimeoutException' } });
  } finally {
    clearInterval(trickle);
  }
});

test('a body in time is read', async () => {
  const req = new IncomingMessage(new Socket());
  const body = readLargeBody(req, { maxBytes: 1024, deadlineMs: 60_000 });
  req.push('all of it');
  req.push(null);
  expect((await body).toString()).toBe('all of it');
});
