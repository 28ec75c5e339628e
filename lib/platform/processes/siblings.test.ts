import { expect, test } from 'vitest';
import { connectSiblings } from '#lib/testing/connect-siblings.ts';
import { createClientLimit } from '#lib/platform/http/client-limit.ts';
import { shareCounts } from './share-counts.ts';
import { shareTally } from './share-tally.ts';
import { shareWrites } from './share-writes.ts';

const turns = async (count = 20) => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

test('asks the servers or all, and leaves out those that hang', async () => {
  const { siblings, hang } = connectSiblings(['server', 'server', 'pages']);
  for (const one of siblings) one.answer('who', () => Promise.resolve(one.part.name));
  const ask = (to: 'all' | 'servers') => siblings[0]?.ask('who', null, { to, timeoutMs: 1_000 });
  expect(await ask('servers')).toEqual([{ from: 'server 2', answer: 'server 2' }]);
  expect((await ask('all'))?.map(({ from }) => from)).toEqual(['server 2', 'pages 3']);
  hang(1);
  expect((await ask('all'))?.map(({ from }) => from)).toEqual(['pages 3']);
});

test('waits no longer for a process that has ended', async () => {
  const { siblings, hang, end } = connectSiblings(['server', 'server']);
  hang(1);
  const asked = siblings[0]?.ask('who', null, { to: 'all', timeoutMs: 60_000 });
  await turns();
  end(1);
  expect(await asked).toEqual([]);
});

test('a write is noted by every other server before it is acknowledged, and by nobody else', async () => {
  const { siblings } = connectSiblings(['server', 'server', 'server', 'pages']);
  const noted: string[] = [];
  const announce = siblings.map((one) => shareWrites(one, (kind) => noted.push(`${one.part.name} ${kind}`)));
  await announce[0]?.('content');
  expect(noted.sort()).toEqual(['server 2 content', 'server 3 content']);
});

test('writes that commit meanwhile are announced together, as the wider kind', async () => {
  const { siblings } = connectSiblings(['server', 'server']);
  const noted: string[] = [];
  const [announce] = siblings.map((one) => shareWrites(one, (kind) => noted.push(kind)));
  await Promise.all([announce?.('content'), announce?.('content'), announce?.('other'), announce?.('content')]);
  expect(noted).toEqual(['content', 'other']);
});

test('a server that hangs delays a write by a second at most', async () => {
  const { siblings, hang } = connectSiblings(['server', 'server']);
  const [announce] = siblings.map((one) => shareWrites(one, () => undefined));
  hang(1);
  const startedMs = performance.now();
  await announce?.('other');
  expect(performance.now() - startedMs).toBeGreaterThan(900);
  expect(performance.now() - startedMs).toBeLessThan(20_000);
});

test('a page process learns of a write from the turn that a server passes on', async () => {
  const { siblings } = connectSiblings(['server', 'server', 'pages']);
  const noted: string[] = [];
  const announce = siblings.map((one) => shareWrites(one, () => noted.push(one.part.name)));
  await announce[0]?.('other');
  const [, other, pages] = siblings;
  expect(noted).toEqual(['server 2']);
  pages?.noteTurn(other?.lastTurn ?? 0);
  pages?.noteTurn(other?.lastTurn ?? 0);
  expect(noted).toEqual(['server 2', 'pages 3']);
  // Its own write must not hide a turn that it hasn't heard of.
  await announce[1]?.('other');
  await announce[2]?.('other');
  noted.length = 0;
  pages?.noteTurn(other?.lastTurn ?? 0);
  expect(noted).toEqual(['pages 3']);
});

test('clients are limited over all processes', async () => {
  const { siblings } = connectSiblings(['server', 'server', 'server']);
  const limits = siblings.map((one) => {
    const peers = shareCounts(one, 'pulls');
    return createClientLimit({ limit: 9, windowSeconds: 60, unlimitedNetworks: [], peers });
  });
  let allowed = 0;
  for (let i = 0; i < 30; i += 1) {
    if (limits[i % 3]?.take('198.51.100.7').isAllowed) allowed += 1;
    await turns(5);
  }
  expect(allowed).toBe(9);
  expect(limits.map((limit) => limit.look('198.51.100.7')?.remaining)).toEqual([0, 0, 0]);
});

test('a tally counts what goes on elsewhere, until it ends or its process does', async () => {
  const { siblings, end } = connectSiblings(['server', 'server']);
  const [own, other] = siblings.map((one) => shareTally(one, 'uploads'));
  other?.add('user a', 2);
  await turns();
  expect(own?.others('user a')).toBe(2);
  other?.add('user a', -1);
  await turns();
  expect(own?.others('user a')).toBe(1);
  end(1);
  await turns();
  expect(own?.others('user a')).toBe(0);
});

test('a process that is started again learns what the others count', async () => {
  const { siblings, restart } = connectSiblings(['server', 'server', 'server']);
  const [, other, third] = siblings.map((one) => shareTally(one, 'uploads'));
  other?.add('user a', 2);
  third?.add('user a', 1);
  await turns();
  const again = shareTally(restart(0), 'uploads');
  await turns();
  expect(again.others('user a')).toBe(3);
  other?.add('user a', -1);
  other?.add('user a', -1);
  third?.add('user a', 1);
  await turns();
  expect(again.others('user a')).toBe(2);
  again.add('user a', 4);
  await turns();
  expect([other?.others('user a'), third?.others('user a')]).toEqual([6, 4]);
});
