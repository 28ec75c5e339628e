import { expect, onTestFinished, test } from 'vitest';
import { createOffload } from './offload.ts';

const MINUTE_MS = 60_000;

test('a key with work that never ends occupies only one thread', async () => {
  const offload = createOffload({ threads: 2 });
  onTestFinished(offload.close);
  const endless = { script: 'lib/testing/servers/endless-script.ts', input: null, key: 'eve', timeoutMs: MINUTE_MS };
  for (let i = 0; i < 3; i += 1) void offload.run(endless).catch(() => undefined);
  const input = { text: '*mine*', options: {} };
  const mine = { script: 'lib/gallery/markdown/markdown-script.ts', input, key: 'ada', timeoutMs: MINUTE_MS };
  expect(await offload.run(mine)).toBe('<p><em>mine</em></p>');
});
