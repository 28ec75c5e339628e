// The lifecycle of an alias request, on a real database.
import { describe, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { answerRequest, appealRequest, withdrawRequest } from './answer-request.ts';
import { checkAlias } from '#lib/aliases/checks/check-alias.ts';
import { maintainRequests } from '#lib/aliases/jobs/maintain-requests.ts';
import { countQueue, getRequest, getReviewTimes, listQueue } from '#lib/aliases/queries.ts';
import { editAliasDraft } from './edit-draft.ts';
import { submitAliasRequest } from './request-alias.ts';
import { approveRequest, askForInformation } from '#lib/aliases/review/review-request.ts';
import { writeEntry } from './write-entry.ts';
import { useAliasDesk } from '#lib/testing/use-alias-desk.ts';

const desk = useAliasDesk();
const { newPublisher, draft, submit, claim, approve, decline } = desk;

describe('from draft to active', () => {
  test('an unremarkable name needs one reviewer and works immediately', async () => {
    const publisher = await newPublisher();
    const { caller, alias } = publisher;
    await createRepository(desk.site.app, { caller, alias, name: 'app' });
    const id = await submit(publisher, 'bluewhistle');
    expect(await findRepository(desk.site.app, 'bluewhistle/app')).toBeNull();
    expect(await approve(desk.first, id, '')).toMatchObject({ status: 'active' });
    expect((await findRepository(desk.site.app, 'bluewhistle/app'))?.id).toBe(
      (await findRepository(desk.site.app, `${alias}/app`))?.id,
    );
    const [registry] = await listRegistries(desk.site.app, { userId: caller.principal.userId });
    expect(registry?.primaryAlias).toBe('bluewhistle');
    expect(await desk.site.app.db.notification.findFirst({ where: { userId: caller.principal.userId } })).toMatchObject(
      {
        title: 'bluewhistle is yours',
      },
    );
    const actions = await desk.site.app.db.auditEvent.findMany({
      where: { target: 'bluewhistle' },
      orderBy: { id: 'asc' },
    });
    expect(actions.map(({ action }) => action.split('.')[1])).toEqual([
      'draft',
      'submit',
      'claim',
      'approve',
      'activate',
    ]);
    expect(await getReviewTimes(desk.site.app)).toMatchObject({ decided: expect.any(Number) as number });
  });

  test('a reserved name needs a note and two different reviewers', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'grafana');
    const { version } = await claim(desk.first, id);
    await expect(approveRequest(desk.site.app, { caller: desk.first, id, version, note: ' ' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(
      await approveRequest(desk.site.app, { caller: desk.first, id, version, note: 'They are who they say.' }),
    ).toMatchObject({ status: 'submitted' });
    await expect(claim(desk.first, id)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await countQueue(desk.site.app, { caller: desk.second })).second).toBe(1);
    expect(await approve(desk.second, id)).toMatchObject({ status: 'active' });
  });

  test('supports questions and answers, and hides notes from the requester', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'quietharbour');
    const { version } = await claim(desk.first, id);
    await writeEntry(desk.site.app, { caller: desk.first, id, kind: 'note', body: 'Smells odd.' });
    await askForInformation(desk.site.app, { caller: desk.first, id, version, message: 'Who are you?' });
    await expect(
      writeEntry(desk.site.app, { caller: publisher.caller, id, kind: 'note', body: 'x' }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await writeEntry(desk.site.app, { caller: publisher.caller, id, kind: 'message', body: 'One moment.' });
    const written = await desk.site.app.db.auditEvent.findMany({
      where: { target: 'quietharbour', action: { in: ['alias-request.note', 'alias-request.message'] } },
      orderBy: { id: 'asc' },
    });
    // Notes aren't recorded for the registry, so that its members can't see them.
    expect(written.map(({ action, registryKey }) => [action, registryKey === null])).toEqual([
      ['alias-request.note', true],
      ['alias-request.message', false],
    ]);
    expect(await answerRequest(desk.site.app, { caller: publisher.caller, id, message: 'The harbour.' })).toMatchObject(
      {
        status: 'submitted',
      },
    );
    const seen = await getRequest(desk.site.app, { caller: publisher.caller, id });
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
      (await getRequest(desk.site.app, { caller: desk.second, id })).entries.some(({ body }) => body === 'Smells odd.'),
    ).toBe(true);
    expect(await approve(desk.second, id)).toMatchObject({ status: 'active' });
  });

  test('a declined request can be appealed once to another reviewer', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'stonelantern');
    expect(await decline(desk.first, id)).toMatchObject({ status: 'declined', aliasId: null });
    const again = await checkAlias(desk.site.app, { name: 'stonelantern', registryKey: publisher.registryKey });
    expect(again.checks.find(({ code }) => code === 'limits')).toMatchObject({ verdict: 'block' });
    expect(
      await appealRequest(desk.site.app, { caller: publisher.caller, id, message: 'Here is more.' }),
    ).toMatchObject({
      status: 'appealed',
    });
    await expect(claim(desk.first, id)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await decline(desk.second, id)).toMatchObject({ status: 'declined' });
    await expect(
      appealRequest(desk.site.app, { caller: publisher.caller, id, message: 'Please.' }),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('a draft can be edited until it is submitted', async () => {
    const publisher = await newPublisher();
    const { caller } = publisher;
    const id = await draft(publisher, 'firstidea');
    const edit = (name: string, by = caller) =>
      editAliasDraft(desk.site.app, { caller: by, id, name, purpose: 'Better.', links: ['https://example.org/'] });
    expect(await edit('BetterIdea')).toMatchObject({ name: 'betteridea', purpose: 'Better.', status: 'draft' });
    const links = editAliasDraft(desk.site.app, { caller, id, name: 'x', purpose: 'y', links: ['http://example.org'] });
    await expect(links).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(edit('stolen', desk.first)).rejects.toMatchObject({ code: 'not_found' });
    await submitAliasRequest(desk.site.app, { caller, id });
    await expect(edit('thirdidea')).rejects.toMatchObject({ code: 'conflict' });
    const [row] = await desk.site.app.db.auditEvent.findMany({ where: { action: 'alias-request.edit' } });
    expect(row).toMatchObject({ target: 'betteridea', before: { name: 'firstidea' }, after: { name: 'betteridea' } });
  });

  test('withdrawing a request releases the name', async () => {
    const [a, b] = [await newPublisher(), await newPublisher()];
    const id = await submit(a, 'ripplecove');
    await expect(submit(b, 'ripple-cove')).rejects.toMatchObject({ code: 'name_taken' });
    await withdrawRequest(desk.site.app, { caller: a.caller, id });
    expect(await submit(b, 'ripple-cove')).toBeTruthy();
  });
});

describe('permissions', () => {
  test('reviewers cannot decide for their own registries', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'ownsidedesk');
    await desk.site.app.db.member.create({
      data: { registryKey: publisher.registryKey, userId: desk.first.principal.userId, role: 'reader' },
    });
    await expect(claim(desk.first, id)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await claim(desk.second, id)).toMatchObject({ status: 'in_review' });
  });

  test('reviewers see no draft, not even once it is withdrawn', async () => {
    const publisher = await newPublisher();
    const id = await draft(publisher, 'privateplan');
    const listed = async () => {
      const input = { view: 'decided', query: 'privateplan', offset: 0, limit: 10 } as const;
      return (await listQueue(desk.site.app, { caller: desk.first, ...input })).total;
    };
    for (const caller of [desk.first, desk.admin]) {
      await expect(getRequest(desk.site.app, { caller, id })).rejects.toMatchObject({ code: 'not_found' });
      await expect(claim(caller, id)).rejects.toMatchObject({ code: 'not_found' });
    }
    expect((await getRequest(desk.site.app, { caller: publisher.caller, id })).status).toBe('draft');
    await withdrawRequest(desk.site.app, { caller: publisher.caller, id });
    await expect(getRequest(desk.site.app, { caller: desk.first, id })).rejects.toMatchObject({ code: 'not_found' });
    expect(await listed()).toBe(0);
  });

  test('users can neither decide nor see others’ requests', async () => {
    const [owner, stranger] = [await newPublisher(), await newPublisher()];
    const id = await submit(owner, 'mapleturnpike');
    await expect(getRequest(desk.site.app, { caller: stranger.caller, id })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(claim(stranger.caller, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(claim(owner.caller, id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(withdrawRequest(desk.site.app, { caller: stranger.caller, id })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(
      listQueue(desk.site.app, { caller: owner.caller, view: 'open', query: '', offset: 0, limit: 10 }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('reviewers cannot submit or withdraw for a publisher', async () => {
    const publisher = await newPublisher();
    const id = await draft(publisher, 'northquay');
    await expect(submitAliasRequest(desk.site.app, { caller: desk.first, id })).rejects.toMatchObject({
      code: 'not_found',
    });
    await submitAliasRequest(desk.site.app, { caller: publisher.caller, id });
    await expect(withdrawRequest(desk.site.app, { caller: desk.first, id })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('expiry', () => {
  test('a request expires 14 days after an unanswered question and releases the name', async () => {
    const publisher = await newPublisher();
    const id = await submit(publisher, 'slowriver');
    const { version } = await claim(desk.first, id);
    await askForInformation(desk.site.app, { caller: desk.first, id, version, message: 'Well?' });
    await maintainRequests(desk.site.app);
    expect((await getRequest(desk.site.app, { caller: publisher.caller, id })).status).toBe('info_requested');
    await desk.site.app.db.aliasRequest.update({
      where: { id },
      data: { infoRequestedAt: new Date(Date.now() - 15 * 86_400_000) },
    });
    await maintainRequests(desk.site.app);
    expect((await getRequest(desk.site.app, { caller: publisher.caller, id })).status).toBe('expired');
    expect(await desk.site.app.db.alias.findUnique({ where: { name: 'slowriver' } })).toBeNull();
  });
});
