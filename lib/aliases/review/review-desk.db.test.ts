// The use cases behind the review pages.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { appealRequest } from '#lib/aliases/requests/answer-request.ts';
import { exportReservedNames } from '#lib/aliases/reserved/export-reserved-names.ts';
import { importReservedNames } from '#lib/aliases/reserved/import-reserved-names.ts';
import { countQueue, getRequest, listQueue } from '#lib/aliases/queries.ts';
import { renewClaim } from '#lib/aliases/requests/renew-claim.ts';
import { draftAliasRequest, submitAliasRequest } from '#lib/aliases/requests/request-alias.ts';
import { addReservedName } from '#lib/aliases/reserved/reserved-names.ts';
import { findNeighbours, findNextRequest, getPublisherFacts } from './review-queries.ts';
import { approveRequest, claimRequest, declineRequest, putBackRequest } from './review-request.ts';
import { addSavedReply, changeSavedReply, listSavedReplies, removeSavedReply } from './saved-replies.ts';
import { writeEntry } from '#lib/aliases/requests/write-entry.ts';

let site: TestApp;
let first: UserCaller;
let second: UserCaller;
let admin: UserCaller;
let visitor: UserCaller;
beforeAll(async () => {
  site = await createTestApp();
  first = (await site.createUser({ role: 'reviewer' })).caller;
  second = (await site.createUser({ role: 'reviewer' })).caller;
  admin = (await site.createUser({ role: 'admin' })).caller;
  visitor = (await site.createUser()).caller;
});
afterAll(() => site.close());

async function ask(name: string, asker?: UserCaller) {
  const caller = asker ?? (await site.createUser()).caller;
  const registryKey = await ensureRegistry(site.app, { caller });
  const { id } = await draftAliasRequest(site.app, { caller, registryKey, name, purpose: 'Our name.', links: [] });
  await submitAliasRequest(site.app, { caller, id });
  return { id, caller };
}

const actionsOf = async (target: string) =>
  (await site.app.db.auditEvent.findMany({ where: { target }, orderBy: { id: 'asc' } })).map(({ action }) => action);

describe('saved replies', () => {
  test('can be added, changed and removed by reviewers, with audit events', async () => {
    const { id } = await addSavedReply(site.app, {
      caller: first,
      title: ' Evidence ',
      body: 'Please prove a domain.',
    });
    await changeSavedReply(site.app, { caller: second, id, title: 'Evidence', body: 'Prove a domain, please.' });
    expect(await listSavedReplies(site.app, { caller: first })).toEqual([
      { id, title: 'Evidence', body: 'Prove a domain, please.' },
    ]);
    await removeSavedReply(site.app, { caller: first, id });
    expect(await listSavedReplies(site.app, { caller: first })).toEqual([]);
    expect(await actionsOf('Evidence')).toEqual(['saved-reply.add', 'saved-reply.change', 'saved-reply.remove']);
  });

  test('reject invalid input, duplicates, unknown ids and other users', async () => {
    const reply = { title: 'Twice', body: 'Text.' };
    await addSavedReply(site.app, { caller: first, ...reply });
    const other = await addSavedReply(site.app, { caller: first, title: 'Other', body: 'Text.' });
    const count = await site.app.db.auditEvent.count();
    const refusals = [
      [() => addSavedReply(site.app, { caller: first, ...reply }), 'name_taken'],
      [() => changeSavedReply(site.app, { caller: first, ...reply, id: other.id }), 'name_taken'],
      [() => addSavedReply(site.app, { caller: first, title: ' ', body: 'Text.' }), 'invalid_input'],
      [() => addSavedReply(site.app, { caller: first, title: 'Two\nlines', body: 'Text.' }), 'invalid_input'],
      [
        () => changeSavedReply(site.app, { caller: first, id: other.id, title: 'a\u202eb', body: 'x' }),
        'invalid_input',
      ],
      [() => addSavedReply(site.app, { caller: first, title: 'Long', body: 'x'.repeat(4_001) }), 'invalid_input'],
      [() => changeSavedReply(site.app, { caller: first, ...reply, id: randomUUID() }), 'not_found'],
      [() => removeSavedReply(site.app, { caller: first, id: "' OR 1=1" }), 'not_found'],
      [() => addSavedReply(site.app, { caller: visitor, ...reply }), 'forbidden'],
      [() => listSavedReplies(site.app, { caller: visitor }), 'forbidden'],
      [() => removeSavedReply(site.app, { caller: visitor, id: other.id }), 'forbidden'],
    ] as const;
    for (const [attempt, code] of refusals) await expect(attempt()).rejects.toMatchObject({ code });
    expect(await site.app.db.auditEvent.count()).toBe(count);
  });
});

describe('a claim', () => {
  test('can be renewed by its reviewer only', async () => {
    const { id, caller } = await ask('silverfern');
    const { version } = await claimRequest(site.app, { caller: first, id });
    const soon = new Date(Date.now() + 60_000);
    await site.app.db.aliasRequest.update({ where: { id }, data: { claimedUntil: soon } });
    const before = await getRequest(site.app, { caller: first, id });
    expect(before).toMatchObject({ isClaimedByCaller: true });
    expect(await renewClaim(site.app, { caller: second, id })).toBe(false);
    await expect(renewClaim(site.app, { caller: visitor, id })).rejects.toMatchObject({ code: 'not_found' });
    expect(await renewClaim(site.app, { caller: first, id })).toBe(true);
    const after = await getRequest(site.app, { caller: first, id });
    expect(after.claimedUntil!.getTime()).toBeGreaterThan(soon.getTime());
    expect({ version: after.version, lines: after.entries.length }).toEqual({ version, lines: before.entries.length });
    expect(await getRequest(site.app, { caller, id })).toMatchObject({ isClaimedByCaller: false });
  });
});

describe('the review queue', () => {
  test('findNextRequest skips requests this reviewer cannot decide', async () => {
    await site.app.db.aliasRequest.deleteMany();
    const own = await ask('ownharbour', first);
    const claimed = await ask('claimedcove');
    const twice = await ask('grafana');
    const appealed = await ask('appealbay');
    const free = await ask('freeisland');
    await claimRequest(site.app, { caller: second, id: claimed.id });
    const { version } = await claimRequest(site.app, { caller: first, id: twice.id });
    await approveRequest(site.app, { caller: first, id: twice.id, version, note: 'They are who they say.' });
    const declined = await claimRequest(site.app, { caller: first, id: appealed.id });
    const decision = { reason: 'generic', message: '' } as const;
    await declineRequest(site.app, { caller: first, id: appealed.id, version: declined.version, ...decision });
    await appealRequest(site.app, { caller: appealed.caller, id: appealed.id, message: 'It is not.' });

    expect(await findNextRequest(site.app, { caller: first })).toBe(free.id);
    expect(await findNextRequest(site.app, { caller: second })).toBe(own.id);
    expect(await getRequest(site.app, { caller: first, id: appealed.id })).toMatchObject({ declinedByCaller: true });
    expect(await findNeighbours(site.app, { caller: first, id: claimed.id })).toEqual({
      previousId: own.id,
      nextId: twice.id,
    });
    await expect(findNextRequest(site.app, { caller: visitor })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(findNeighbours(site.app, { caller: visitor, id: free.id })).rejects.toMatchObject({
      code: 'forbidden',
    });

    const past = new Date(Date.now() - 1_000);
    await site.app.db.aliasRequest.update({ where: { id: claimed.id }, data: { claimedUntil: past } });
    expect(await findNextRequest(site.app, { caller: first })).toBe(claimed.id);
  });

  test('an appeal returned to the queue is still an appeal', async () => {
    const [request] = (await listQueue(site.app, queue('appeals'))).requests;
    const { version } = await claimRequest(site.app, { caller: second, id: request!.id });
    await putBackRequest(site.app, { caller: second, id: request!.id, version });
    expect((await countQueue(site.app, { caller: second })).appeals).toBe(1);
  });

  test('can be searched by name and publisher', async () => {
    const { id, caller } = await ask('searchedname');
    const registry = await site.app.db.registry.findFirstOrThrow({ where: { aliasRequests: { some: { id } } } });
    await site.app.db.registry.update({ where: { id: registry.id }, data: { displayName: 'Harbour Works' } });
    for (const query of ['CHEDNAM', 'harbour w', registry.registryId]) {
      expect((await listQueue(site.app, { ...queue('open'), query })).requests.map((found) => found.id)).toEqual([id]);
    }
    expect((await listQueue(site.app, { ...queue('open'), query: '%' })).requests).toEqual([]);
    const facts = { caller: first, registryId: registry.registryId, name: 'grafana-official' };
    expect(await getPublisherFacts(site.app, facts)).toMatchObject({
      displayName: 'Harbour Works',
      repositoryCount: 0,
      memberCount: 1,
      verified: null,
      requests: [{ id, flags: ['requester'] }],
      lookAlikes: [{ name: 'grafana', isAlias: false }],
    });
    await expect(getPublisherFacts(site.app, { ...facts, caller })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

const queue = (view: 'open' | 'appeals') => ({ caller: second, view, query: '', offset: 0, limit: 50 });

test('a reviewer cannot write private notes for their own registry', async () => {
  const { id } = await ask('memberscove', second);
  const note = { id, kind: 'note', body: 'Between us.' } as const;
  await expect(writeEntry(site.app, { caller: second, ...note })).rejects.toMatchObject({ code: 'forbidden' });
  await writeEntry(site.app, { caller: admin, ...note });
});

test('the exported list can be imported again', async () => {
  const reason = 'Says "no",\nand means it';
  await addReservedName(site.app, { caller: admin, name: 'quoted', kind: 'brand', match: 'exact', reason });
  const csv = await exportReservedNames(site.app, { caller: admin });
  expect(csv).toContain('quoted,brand,exact,"Says ""no"",\nand means it",');
  const known = await site.app.db.reservedName.count();
  expect(await importReservedNames(site.app, { caller: admin, csv, isDryRun: true })).toMatchObject({
    added: 0,
    known,
    problems: [],
  });
  await expect(exportReservedNames(site.app, { caller: first })).rejects.toMatchObject({ code: 'forbidden' });
});
