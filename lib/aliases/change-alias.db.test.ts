import { describe, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { makeAliasPrimary, reinstateAlias, releaseAlias, suspendAlias } from './change-alias.ts';
import { type AliasPublisher, useAliasDesk } from '#lib/testing/use-alias-desk.ts';

const desk = useAliasDesk();
const { newPublisher, submit, approve } = desk;

describe('active aliases', () => {
  async function withAlias(name: string): Promise<AliasPublisher> {
    const publisher = await newPublisher();
    await approve(desk.first, await submit(publisher, name));
    return publisher;
  }

  test('a released alias stops resolving and is never assigned again', async () => {
    const publisher = await withAlias('velvetacorn');
    await releaseAlias(desk.site.app, { caller: publisher.caller, name: 'velvetacorn' });
    const [registry] = await listRegistries(desk.site.app, { userId: publisher.caller.principal.userId });
    expect(registry).toMatchObject({ primaryAlias: publisher.alias, aliases: [{ name: publisher.alias }] });
    for (const other of [await newPublisher(), publisher]) {
      await expect(submit(other, 'velvet-acorn')).rejects.toMatchObject({ code: 'name_taken' });
    }
  });

  test('the default alias cannot be released and can be made primary again', async () => {
    const { caller, alias } = await withAlias('brightanvil');
    await expect(releaseAlias(desk.site.app, { caller, name: alias })).rejects.toMatchObject({ code: 'conflict' });
    await makeAliasPrimary(desk.site.app, { caller, name: alias });
    expect((await listRegistries(desk.site.app, { userId: caller.principal.userId }))[0]?.primaryAlias).toBe(alias);
  });

  test('only admins suspend and reinstate', async () => {
    const publisher = await withAlias('paperfalcon');
    const { caller, alias } = publisher;
    await createRepository(desk.site.app, { caller, alias, name: 'app' });
    const input = { name: 'paperfalcon', reason: 'A complaint is looked into.' };
    await expect(suspendAlias(desk.site.app, { caller: desk.first, ...input })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await suspendAlias(desk.site.app, { caller: desk.admin, ...input });
    expect(await findRepository(desk.site.app, 'paperfalcon/app')).toBeNull();
    expect(await findRepository(desk.site.app, `${alias}/app`)).not.toBeNull();
    await reinstateAlias(desk.site.app, { caller: desk.admin, name: 'paperfalcon' });
    expect(await findRepository(desk.site.app, 'paperfalcon/app')).not.toBeNull();
  });
});
