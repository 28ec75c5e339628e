// Requests to addresses that publishers must not reach.
import { expect, onTestFinished, test } from 'vitest';
import { startWebhookReceiver } from '#lib/testing/webhook-receiver.ts';
import { createRequestSender } from './send-request.ts';

test.each(['http://127.0.0.1', 'https://127.0.0.1', 'http://localhost', 'http://[::1]', 'http://[::ffff:127.0.0.1]'])(
  '%s isn’t reached unless the operator allows it',
  async (address) => {
    const receiver = await startWebhookReceiver();
    onTestFinished(receiver.close);
    const sender = createRequestSender({ allowedNetworks: [], timeoutMs: 2_000 });
    onTestFinished(() => sender.close());
    const url = `${address}:${receiver.port}/`;
    const answer = await sender.send({ url, headers: {}, body: '{}', signal: new AbortController().signal });
    expect(answer).toMatchObject({ status: null, problem: "The receiver can't be reached." });
    expect(receiver.received).toEqual([]);
  },
);

test('headers of an event can’t smuggle others', async () => {
  const receiver = await startWebhookReceiver();
  onTestFinished(receiver.close);
  const sender = createRequestSender({ allowedNetworks: ['127.0.0.0/8'] });
  onTestFinished(() => sender.close());
  const headers = { authorization: 'Bearer a\r\nx-other: 1' };
  const { problem } = await sender.send({ url: receiver.url, headers, body: '', signal: new AbortController().signal });
  expect(problem).toBe("The receiver can't be reached.");
  expect(receiver.received).toEqual([]);
});
