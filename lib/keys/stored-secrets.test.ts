import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { sealSecret } from '#lib/platform/sealed-secret.ts';
import { StoredSecrets } from './stored-secrets.ts';

const CONTEXT = 'upstream 7 registry.example.test';

describe('stored secrets', () => {
  const firstKey = randomBytes(32);
  const known = { id: randomUUID(), key: createSecretKey(randomBytes(32)) };
  const secrets = new StoredSecrets(
    { newestForSecrets: () => Promise.resolve(known), find: (id) => Promise.resolve(id === known.id ? known : null) },
    firstKey,
  );

  test('are opened only in their own row', async () => {
    const sealed = await secrets.seal(CONTEXT, 'pässword');
    expect(Buffer.from(sealed).includes('pässword')).toBe(false);
    expect(await secrets.open(CONTEXT, sealed)).toBe('pässword');
    await expect(secrets.open('upstream 8 registry.example.test', sealed)).rejects.toThrow(/upstream 8 .* was altered/);
  });

  test('are refused when any byte of them was altered', async () => {
    const sealed = await secrets.seal(CONTEXT, 'password');
    for (const i of sealed.keys()) {
      const altered = Uint8Array.from(sealed, (byte, at) => (at === i ? byte ^ 1 : byte));
      await expect(secrets.open(CONTEXT, altered), `byte ${i}`).rejects.toMatchObject({ code: 'unavailable' });
    }
    for (const end of sealed.keys())
      await expect(secrets.open(CONTEXT, sealed.subarray(0, end))).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('of the first version are opened, and sealed anew once', async () => {
    const old = new Uint8Array(sealSecret(firstKey, CONTEXT, 'password'));
    const lost = new Uint8Array(sealSecret(randomBytes(32), CONTEXT, 'password'));
    expect(await secrets.open(CONTEXT, old)).toBe('password');
    const saved: Uint8Array[] = [];
    const rows = [old, lost, await secrets.seal(CONTEXT, 'newer')].map((sealed) => ({ context: CONTEXT, sealed }));
    const save = (_row: unknown, sealed: Uint8Array) => Promise.resolve(saved.push(sealed));
    expect(await secrets.reseal(rows, save)).toEqual({ sealed: 1, lost: 1 });
    expect(await Promise.all(saved.map((sealed) => secrets.open(CONTEXT, sealed)))).toEqual(['password']);
    const again = saved.map((sealed) => ({ context: CONTEXT, sealed }));
    expect(await secrets.reseal(again, save)).toEqual({ sealed: 0, lost: 0 });
  });
});
