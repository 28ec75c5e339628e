import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { answerBusy } from './failed-page.ts';
import { stampRequest } from '#lib/platform/http/requests.ts';

test('answerBusy sends a page to browsers and plain text to other clients', async () => {
  const server = createServer((req, res) => {
    stampRequest(req, { proxyCount: 0 });
    answerBusy(req, res, 5);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = await fetch(url, { headers: { accept: 'text/html,*/*' } });
  expect([page.status, page.headers.get('retry-after')]).toEqual([429, '5']);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).toContain('<h1>Too many pages are being loaded at once</h1>');
  const line = await fetch(url);
  expect([line.status, line.headers.get('content-type')]).toEqual([429, 'text/plain; charset=utf-8']);
  expect(await line.text()).toBe('Too many pages are being loaded at once. Try again in a few seconds.\n');
  server.close();
});
