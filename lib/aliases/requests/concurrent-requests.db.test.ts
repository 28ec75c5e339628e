// Concurrent alias requests and decisions.
import { describe, expect, test } from 'vitest';
import { withdrawRequest } from './answer-request.ts';
import { submitAliasRequest } from './request-alias.ts';
import { approveRequest } from '#lib/aliases/review/review-request.ts';
import { useAliasDesk } from '#lib/testing/use-alias-desk.ts';

const desk = useAliasDesk();
const { newPublisher, draft, submit, claim } = desk;

describe('concurrency', () => {
  test('one of fifty concurrent requests for the same name succeeds', async () => {
    const publishers = await Promise.all(Array.from({ length: 50 }, newPublisher));
    const names = ['goldentide', 'golden-tide', 'g0ldentide', 'golden.tide', 'goldent1de'];
    const ids = await Promise.all(publishers.map((publisher, i) => draft(publisher, names[i % names.length] ?? '')));
    const results = await Promise.allSettled(
      publishers.map(({ caller }, i) => submitAliasRequest(desk.site.app, { caller, id: ids[i] ?? '' })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as { code: string }] : [],
    );
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['name_taken']));
    expect(await desk.site.app.db.alias.count({ where: { foldedKey: 'goldentlde' } })).toBe(1);
  }, 60_000);

  test('one of two concurrent claims succeeds', async () => {
    const id = await submit(await newPublisher(), 'silverferry');
    const results = await Promise.allSettled([claim(desk.first, id), claim(desk.second, id)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  });

  test('one of three concurrent approvals succeeds', async () => {
    const id = await submit(await newPublisher(), 'copperkettle');
    const { version } = await claim(desk.first, id);
    const go = () => approveRequest(desk.site.app, { caller: desk.first, id, version, note: 'ok' });
    const results = await Promise.allSettled([go(), go(), go()]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await desk.site.app.db.alias.count({ where: { name: 'copperkettle', status: 'active' } })).toBe(1);
  });

  test('rejects a decision on an outdated version', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'driftpebble');
    const { version } = await claim(desk.first, id);
    await withdrawRequest(desk.site.app, { caller: publisher.caller, id });
    await expect(approveRequest(desk.site.app, { caller: desk.first, id, version, note: 'ok' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('a publisher has one open request, even with concurrent submissions', async () => {
    const publisher = await newPublisher();
    const ids = [await draft(publisher, 'amberfield'), await draft(publisher, 'cedarlane')];
    const results = await Promise.allSettled(
      ids.map((id) => submitAliasRequest(desk.site.app, { caller: publisher.caller, id })),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
