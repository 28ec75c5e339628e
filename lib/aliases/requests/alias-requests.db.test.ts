// The lifecycle of an alias request, on a real database.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { toVerification, VERIFICATION_COLUMNS } from '#lib/publishers/verification/verification.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { answerRequest, appealRequest, withdrawRequest } from './answer-request.ts';
import { makeAliasPrimary, reinstateAlias, releaseAlias, suspendAlias } from '#lib/aliases/change-alias.ts';
import { checkAlias } from '#lib/aliases/checks/check-alias.ts';
import type { DomainProbe } from '#lib/publishers/verification/domain-probe.ts';
import { maintainRequests } from '#lib/aliases/jobs/maintain-requests.ts';
import { checkDomainProof, startDomainProof } from '#lib/publishers/verification/prove-domain.ts';
import { countQueue, getRequest, getReviewTimes, listQueue } from '#lib/aliases/queries.ts';
import { editAliasDraft } from './edit-draft.ts';
import { draftAliasRequest, submitAliasRequest } from './request-alias.ts';
import { approveRequest, askForInformation, claimRequest, declineRequest } from '#lib/aliases/review/review-request.ts';
import { writeEntry } from './write-entry.ts';

let site: TestApp;
let first: UserCaller;
let second: UserCaller;
let admin: UserCaller;
beforeAll(async () => {
  site = await createTestApp();
  first = (await site.createUser({ role: 'reviewer' })).caller;
  second = (await site.createUser({ role: 'reviewer' })).caller;
  admin = (await site.createUser({ role: 'admin' })).caller;
});
afterAll(() => site.close());

type Publisher = { caller: UserCaller; registryKey: bigint; alias: string };

/** Creates a publisher whose account is too old to be flagged. */
async function newPublisher(): Promise<Publisher> {
  const { caller, alias } = await site.createUser();
  const createdAt = new Date(Date.now() - 90 * 86_400_000);
  await site.app.db.user.update({ where: { id: caller.principal.userId }, data: { createdAt } });
  return { caller, alias, registryKey: await ensureRegistry(site.app, { caller }) };
}

async function draft({ caller, registryKey }: Publisher, name: string): Promise<string> {
  const { id } = await draftAliasRequest(site.app, { caller, registryKey, name, purpose: 'Our name.', links: [] });
  return id;
}

async function submit(publisher: Publisher, name: string): Promise<string> {
  const id = await draft(publisher, name);
  await submitAliasRequest(site.app, { caller: publisher.caller, id });
  return id;
}

const claim = (caller: UserCaller, id: string) => claimRequest(site.app, { caller, id });

async function approve(caller: UserCaller, id: string, note = 'Looks right.') {
  const { version } = await claim(caller, id);
  return approveRequest(site.app, { caller, id, version, note });
}

async function decline(caller: UserCaller, id: string) {
  const { version } = await claim(caller, id);
  return declineRequest(site.app, { caller, id, version, reason: 'no_evidence', message: 'Show us more.' });
}

describe('from draft to active', () => {
  test('an unremarkable name needs one reviewer and works immediately', async () => {
    const publisher = await newPublisher();
    const { caller, alias } = publisher;
    await createRepository(site.app, { caller, alias, name: 'app' });
    const id = await submit(publisher, 'bluewhistle');
    expect(await findRepository(site.app, 'bluewhistle/app')).toBeNull();
    expect(await approve(first, id, '')).toMatchObject({ status: 'active' });
    expect((await findRepository(site.app, 'bluewhistle/app'))?.id).toBe(
      (await findRepository(site.app, `${alias}/app`))?.id,
    );
    const [registry] = await listRegistries(site.app, { userId: caller.principal.userId });
    expect(registry?.primaryAlias).toBe('bluewhistle');
    expect(await site.app.db.notification.findFirst({ where: { userId: caller.principal.userId } })).toMatchObject({
      title: 'bluewhistle is yours',
    });
    const actions = await site.app.db.auditEvent.findMany({ where: { target: 'bluewhistle' }, orderBy: { id: 'asc' } });
    expect(actions.map(({ action }) => action.split('.')[1])).toEqual([
      'draft',
      'submit',
      'claim',
      'approve',
      'activate',
    ]);
    expect(await getReviewTimes(site.app)).toMatchObject({ decided: expect.any(Number) as number });
  });

  test('a reserved name needs a note and two different reviewers', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'grafana');
    const { version } = await claim(first, id);
    await expect(approveRequest(site.app, { caller: first, id, version, note: ' ' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(
      await approveRequest(site.app, { caller: first, id, version, note: 'They are who they say.' }),
    ).toMatchObject({ status: 'submitted' });
    await expect(claim(first, id)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await countQueue(site.app, { caller: second })).second).toBe(1);
    expect(await approve(second, id)).toMatchObject({ status: 'active' });
  });

  test('supports questions and answers, and hides notes from the requester', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'quietharbour');
    const { version } = await claim(first, id);
    await writeEntry(site.app, { caller: first, id, kind: 'note', body: 'Smells odd.' });
    await askForInformation(site.app, { caller: first, id, version, message: 'Who are you?' });
    await expect(writeEntry(site.app, { caller: publisher.caller, id, kind: 'note', body: 'x' })).rejects.toMatchObject(
      { code: 'forbidden' },
    );
    await writeEntry(site.app, { caller: publisher.caller, id, kind: 'message', body: 'One moment.' });
    const written = await site.app.db.auditEvent.findMany({
      where: { target: 'quietharbour', action: { in: ['alias-request.note', 'alias-request.message'] } },
      orderBy: { id: 'asc' },
    });
    // Notes aren't recorded for the registry, so that its members can't see them.
    expect(written.map(({ action, registryKey }) => [action, registryKey === null])).toEqual([
      ['alias-request.note', true],
      ['alias-request.message', false],
    ]);
    expect(await answerRequest(site.app, { caller: publisher.caller, id, message: 'The harbour.' })).toMatchObject({
      status: 'submitted',
    });
    const seen = await getRequest(site.app, { caller: publisher.caller, id });
    expect(seen.entries.map(({ kind, author }) => `${kind} ${author}`)).toEqual([
      'status Test User',
      'status Reviewer',
      'message Reviewer',
      'status Reviewer',
      'message Test User',
      'message Test User',
      'status Test User',
    ]);
    expect(
      (await getRequest(site.app, { caller: second, id })).entries.some(({ body }) => body === 'Smells odd.'),
    ).toBe(true);
    expect(await approve(second, id)).toMatchObject({ status: 'active' });
  });

  test('a declined request can be appealed once to another reviewer', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'stonelantern');
    expect(await decline(first, id)).toMatchObject({ status: 'declined', aliasId: null });
    const again = await checkAlias(site.app, { name: 'stonelantern', registryKey: publisher.registryKey });
    expect(again.checks.find(({ code }) => code === 'limits')).toMatchObject({ verdict: 'block' });
    expect(await appealRequest(site.app, { caller: publisher.caller, id, message: 'Here is more.' })).toMatchObject({
      status: 'appealed',
    });
    await expect(claim(first, id)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await decline(second, id)).toMatchObject({ status: 'declined' });
    await expect(appealRequest(site.app, { caller: publisher.caller, id, message: 'Please.' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('a draft can be edited until it is submitted', async () => {
    const publisher = await newPublisher();
    const { caller } = publisher;
    const id = await draft(publisher, 'firstidea');
    const edit = (name: string, by = caller) =>
      editAliasDraft(site.app, { caller: by, id, name, purpose: 'Better.', links: ['https://example.org/'] });
    expect(await edit('BetterIdea')).toMatchObject({ name: 'betteridea', purpose: 'Better.', status: 'draft' });
    const links = editAliasDraft(site.app, { caller, id, name: 'x', purpose: 'y', links: ['http://example.org'] });
    await expect(links).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(edit('stolen', first)).rejects.toMatchObject({ code: 'not_found' });
    await submitAliasRequest(site.app, { caller, id });
    await expect(edit('thirdidea')).rejects.toMatchObject({ code: 'conflict' });
    const [row] = await site.app.db.auditEvent.findMany({ where: { action: 'alias-request.edit' } });
    expect(row).toMatchObject({ target: 'betteridea', before: { name: 'firstidea' }, after: { name: 'betteridea' } });
  });

  test('withdrawing a request releases the name', async () => {
    const [a, b] = [await newPublisher(), await newPublisher()];
    const id = await submit(a, 'ripplecove');
    await expect(submit(b, 'ripple-cove')).rejects.toMatchObject({ code: 'name_taken' });
    await withdrawRequest(site.app, { caller: a.caller, id });
    expect(await submit(b, 'ripple-cove')).toBeTruthy();
  });
});

describe('permissions', () => {
  test('reviewers cannot decide for their own registries', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'ownsidedesk');
    await site.app.db.member.create({
      data: { registryKey: publisher.registryKey, userId: first.principal.userId, role: 'reader' },
    });
    await expect(claim(first, id)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await claim(second, id)).toMatchObject({ status: 'in_review' });
  });

  test('reviewers see no draft, not even once it is withdrawn', async () => {
    const publisher = await newPublisher();
    const id = await draft(publisher, 'privateplan');
    const listed = async () => {
      const input = { view: 'decided', query: 'privateplan', offset: 0, limit: 10 } as const;
      return (await listQueue(site.app, { caller: first, ...input })).total;
    };
    for (const caller of [first, admin]) {
      await expect(getRequest(site.app, { caller, id })).rejects.toMatchObject({ code: 'not_found' });
      await expect(claim(caller, id)).rejects.toMatchObject({ code: 'not_found' });
    }
    expect((await getRequest(site.app, { caller: publisher.caller, id })).status).toBe('draft');
    await withdrawRequest(site.app, { caller: publisher.caller, id });
    await expect(getRequest(site.app, { caller: first, id })).rejects.toMatchObject({ code: 'not_found' });
    expect(await listed()).toBe(0);
  });

  test('users can neither decide nor see others’ requests', async () => {
    const [owner, stranger] = [await newPublisher(), await newPublisher()];
    const id = await submit(owner, 'mapleturnpike');
    await expect(getRequest(site.app, { caller: stranger.caller, id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(claim(stranger.caller, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(claim(owner.caller, id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(withdrawRequest(site.app, { caller: stranger.caller, id })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(
      listQueue(site.app, { caller: owner.caller, view: 'open', query: '', offset: 0, limit: 10 }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('reviewers cannot submit or withdraw for a publisher', async () => {
    const publisher = await newPublisher();
    const id = await draft(publisher, 'northquay');
    await expect(submitAliasRequest(site.app, { caller: first, id })).rejects.toMatchObject({ code: 'not_found' });
    await submitAliasRequest(site.app, { caller: publisher.caller, id });
    await expect(withdrawRequest(site.app, { caller: first, id })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('concurrency', () => {
  test('one of fifty concurrent requests for the same name succeeds', async () => {
    const publishers = await Promise.all(Array.from({ length: 50 }, newPublisher));
    const names = ['goldentide', 'golden-tide', 'g0ldentide', 'golden.tide', 'goldent1de'];
    const ids = await Promise.all(publishers.map((publisher, i) => draft(publisher, names[i % names.length] ?? '')));
    const results = await Promise.allSettled(
      publishers.map(({ caller }, i) => submitAliasRequest(site.app, { caller, id: ids[i] ?? '' })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as { code: string }] : [],
    );
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['name_taken']));
    expect(await site.app.db.alias.count({ where: { foldedKey: 'goldentlde' } })).toBe(1);
  }, 60_000);

  test('one of two concurrent claims succeeds', async () => {
    const id = await submit(await newPublisher(), 'silverferry');
    const results = await Promise.allSettled([claim(first, id), claim(second, id)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  });

  test('one of three concurrent approvals succeeds', async () => {
    const id = await submit(await newPublisher(), 'copperkettle');
    const { version } = await claim(first, id);
    const go = () => approveRequest(site.app, { caller: first, id, version, note: 'ok' });
    const results = await Promise.allSettled([go(), go(), go()]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await site.app.db.alias.count({ where: { name: 'copperkettle', status: 'active' } })).toBe(1);
  });

  test('rejects a decision on an outdated version', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'driftpebble');
    const { version } = await claim(first, id);
    await withdrawRequest(site.app, { caller: publisher.caller, id });
    await expect(approveRequest(site.app, { caller: first, id, version, note: 'ok' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('a publisher has one open request, even with concurrent submissions', async () => {
    const publisher = await newPublisher();
    const ids = [await draft(publisher, 'amberfield'), await draft(publisher, 'cedarlane')];
    const results = await Promise.allSettled(
      ids.map((id) => submitAliasRequest(site.app, { caller: publisher.caller, id })),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('active aliases', () => {
  async function withAlias(name: string): Promise<Publisher> {
    const publisher = await newPublisher();
    await approve(first, await submit(publisher, name));
    return publisher;
  }

  test('a released alias stops resolving and is never assigned again', async () => {
    const publisher = await withAlias('velvetacorn');
    await releaseAlias(site.app, { caller: publisher.caller, name: 'velvetacorn' });
    const [registry] = await listRegistries(site.app, { userId: publisher.caller.principal.userId });
    expect(registry).toMatchObject({ primaryAlias: publisher.alias, aliases: [{ name: publisher.alias }] });
    for (const other of [await newPublisher(), publisher]) {
      await expect(submit(other, 'velvet-acorn')).rejects.toMatchObject({ code: 'name_taken' });
    }
  });

  test('the default alias cannot be released and can be made primary again', async () => {
    const { caller, alias } = await withAlias('brightanvil');
    await expect(releaseAlias(site.app, { caller, name: alias })).rejects.toMatchObject({ code: 'conflict' });
    await makeAliasPrimary(site.app, { caller, name: alias });
    expect((await listRegistries(site.app, { userId: caller.principal.userId }))[0]?.primaryAlias).toBe(alias);
  });

  test('only admins suspend and reinstate', async () => {
    const publisher = await withAlias('paperfalcon');
    const { caller, alias } = publisher;
    await createRepository(site.app, { caller, alias, name: 'app' });
    const input = { name: 'paperfalcon', reason: 'A complaint is looked into.' };
    await expect(suspendAlias(site.app, { caller: first, ...input })).rejects.toMatchObject({ code: 'forbidden' });
    await suspendAlias(site.app, { caller: admin, ...input });
    expect(await findRepository(site.app, 'paperfalcon/app')).toBeNull();
    expect(await findRepository(site.app, `${alias}/app`)).not.toBeNull();
    await reinstateAlias(site.app, { caller: admin, name: 'paperfalcon' });
    expect(await findRepository(site.app, 'paperfalcon/app')).not.toBeNull();
  });
});

describe('expiry', () => {
  test('a request expires 14 days after an unanswered question and releases the name', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'slowriver');
    const { version } = await claim(first, id);
    await askForInformation(site.app, { caller: first, id, version, message: 'Well?' });
    await maintainRequests(site.app);
    expect((await getRequest(site.app, { caller: publisher.caller, id })).status).toBe('info_requested');
    await site.app.db.aliasRequest.update({
      where: { id },
      data: { infoRequestedAt: new Date(Date.now() - 15 * 86_400_000) },
    });
    await maintainRequests(site.app);
    expect((await getRequest(site.app, { caller: publisher.caller, id })).status).toBe('expired');
    expect(await site.app.db.alias.findUnique({ where: { name: 'slowriver' } })).toBeNull();
  });
});

describe('domain proofs', () => {
  const zone = new Map<string, string[]>();
  const files = new Map<string, string>();
  const domainProbe: DomainProbe = {
    readTxt: (name) => Promise.resolve(zone.get(name) ?? []),
    readFile: (domain, path) => {
      const text = files.get(domain + path);
      return Promise.resolve(text === undefined ? { problem: 'answered 404' } : { text });
    },
  };
  const withProbe = () => ({ ...site.app, domainProbe });
  const readBadge = async (id: bigint) =>
    toVerification(await site.app.db.registry.findUniqueOrThrow({ where: { id }, select: VERIFICATION_COLUMNS }));

  test('a DNS proof verifies the publisher and supports the name until it is lost', async () => {
    const { caller, registryKey } = await newPublisher();
    const proof = await startDomainProof(site.app, { caller, registryKey, domain: 'Sentry.example', method: 'dns' });
    const check = () => checkDomainProof(withProbe(), { caller, registryKey, id: proof.id });
    await expect(check()).rejects.toMatchObject({ message: expect.stringContaining('no TXT record') as string });
    zone.set('_vitrine-challenge.sentry.example', ['something else', proof.challenge]);
    expect(await check()).toMatchObject({ status: 'proven' });
    expect(await readBadge(registryKey)).toMatchObject({ by: 'domain', note: 'sentry.example' });
    const { checks } = await checkAlias(site.app, { name: 'sentry', registryKey });
    expect(checks.find(({ code }) => code === 'reserved')?.sentence).toContain('You have proven sentry.example.');

    zone.clear();
    for (const expected of ['missing', 'missing', 'lost']) {
      await site.app.db.domainProof.update({
        where: { id: proof.id },
        data: { checkedAt: new Date(Date.now() - 40 * 86_400_000) },
      });
      await maintainRequests(withProbe());
      expect((await site.app.db.domainProof.findUniqueOrThrow({ where: { id: proof.id } })).status).toBe(expected);
    }
    expect(await readBadge(registryKey)).toBeNull();
  });

  test('can use a well-known file', async () => {
    const { caller, registryKey } = await newPublisher();
    const proof = await startDomainProof(site.app, {
      caller,
      registryKey,
      domain: 'files.example',
      method: 'well_known',
    });
    files.set('files.example/.well-known/vitrine-challenge', 'wrong');
    const check = () => checkDomainProof(withProbe(), { caller, registryKey, id: proof.id });
    await expect(check()).rejects.toMatchObject({
      message: expect.stringContaining("doesn't contain the challenge") as string,
    });
    files.set('files.example/.well-known/vitrine-challenge', `${proof.challenge}\n`);
    expect(await check()).toMatchObject({ status: 'proven' });
  });

  test('only members can start or check a proof', async () => {
    const owner = await newPublisher();
    const { caller } = await newPublisher();
    const input = { caller, registryKey: owner.registryKey };
    await expect(startDomainProof(site.app, { ...input, domain: 'a.example', method: 'dns' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(
      checkDomainProof(withProbe(), { ...input, id: '00000000-0000-4000-8000-000000000000' }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});
