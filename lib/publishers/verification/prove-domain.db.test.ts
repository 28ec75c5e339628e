// Domain proofs, and what they do for the badge and for alias requests.
import { describe, expect, test } from 'vitest';
import { toVerification, VERIFICATION_COLUMNS } from './verification.ts';
import { checkAlias } from '#lib/aliases/checks/check-alias.ts';
import type { DomainProbe } from './domain-probe.ts';
import { maintainRequests } from '#lib/aliases/jobs/maintain-requests.ts';
import { checkDomainProof, startDomainProof } from './prove-domain.ts';
import { useAliasDesk } from '#lib/testing/use-alias-desk.ts';

const desk = useAliasDesk();
const { newPublisher } = desk;

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
  const withProbe = () => ({ ...desk.site.app, domainProbe });
  const readBadge = async (id: bigint) =>
    toVerification(await desk.site.app.db.registry.findUniqueOrThrow({ where: { id }, select: VERIFICATION_COLUMNS }));

  test('a DNS proof verifies the publisher and supports the name until it is lost', async () => {
    const { caller, registryKey } = await newPublisher();
    const proof = await startDomainProof(desk.site.app, {
      caller,
      registryKey,
      domain: 'Sentry.example',
      method: 'dns',
    });
    const check = () => checkDomainProof(withProbe(), { caller, registryKey, id: proof.id });
    await expect(check()).rejects.toMatchObject({ message: expect.stringContaining('no TXT record') as string });
    zone.set('_vitrine-challenge.sentry.example', ['something else', proof.challenge]);
    expect(await check()).toMatchObject({ status: 'proven' });
    expect(await readBadge(registryKey)).toMatchObject({ by: 'domain', note: 'sentry.example' });
    const { checks } = await checkAlias(desk.site.app, { name: 'sentry', registryKey });
    expect(checks.find(({ code }) => code === 'reserved')?.sentence).toContain('You have proven sentry.example.');

    zone.clear();
    for (const expected of ['missing', 'missing', 'lost']) {
      await desk.site.app.db.domainProof.update({
        where: { id: proof.id },
        data: { checkedAt: new Date(Date.now() - 40 * 86_400_000) },
      });
      await maintainRequests(withProbe());
      expect((await desk.site.app.db.domainProof.findUniqueOrThrow({ where: { id: proof.id } })).status).toBe(expected);
    }
    expect(await readBadge(registryKey)).toBeNull();
  });

  test('can use a well-known file', async () => {
    const { caller, registryKey } = await newPublisher();
    const proof = await startDomainProof(desk.site.app, {
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
    await expect(
      startDomainProof(desk.site.app, { ...input, domain: 'a.example', method: 'dns' }),
    ).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(
      checkDomainProof(withProbe(), { ...input, id: '00000000-0000-4000-8000-000000000000' }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});
