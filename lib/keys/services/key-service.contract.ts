import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyService } from './key-service.ts';

export type OpenedService = {
  service: KeyService;
  /** The same service in another process, with the newest version of its key. */
  rotate: () => Promise<KeyService>;
  close: () => Promise<void>;
};

/** What every key service does. `absent` is the reason for skipping, or null. */
export function describeKeyService(name: string, absent: string | null, open: () => Promise<OpenedService>): void {
  describe.skipIf(absent !== null)(`${name}${absent === null ? '' : ` (${absent})`}`, () => {
    let opened: OpenedService;
    let service: KeyService;
    beforeAll(async () => {
      opened = await open();
      ({ service } = opened);
    });
    afterAll(() => opened.close());

    it('passes its own check', async () => {
      await expect(service.check()).resolves.toBeUndefined();
    });

    it('unwraps what it has wrapped', async () => {
      for (const sizeBytes of [1, 32, 256]) {
        const secret = randomBytes(sizeBytes);
        const wrapped = await service.wrap(secret, 'row 1');
        expect(wrapped.wrapped.includes(secret)).toBe(sizeBytes === 1 && wrapped.wrapped.includes(secret));
        expect(wrapped.wrappedBy.length).toBeLessThanOrEqual(512);
        expect((await service.unwrap(wrapped, 'row 1')).equals(secret)).toBe(true);
      }
    });

    it('never wraps twice to the same bytes', async () => {
      const secret = randomBytes(32);
      const [one, two] = [await service.wrap(secret, 'row 1'), await service.wrap(secret, 'row 1')];
      expect(one.wrapped.equals(two.wrapped)).toBe(false);
    });

    it('refuses the context of another row, in a sentence that names it', async () => {
      const wrapped = await service.wrap(randomBytes(32), 'row 1');
      await expect(service.unwrap(wrapped, 'row 2')).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('row 2 was altered') as string,
      });
    });

    it('refuses altered and cut bytes', async () => {
      const { wrapped, wrappedBy } = await service.wrap(randomBytes(32), 'row 1');
      const altered = [wrapped.length - 40, wrapped.length - 1].map((at) => {
        const bytes = Buffer.from(wrapped);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        return bytes;
      });
      for (const bytes of [...altered, wrapped.subarray(0, -1), wrapped.subarray(0, 1)]) {
        await expect(service.unwrap({ wrapped: bytes, wrappedBy }, 'row 1')).rejects.toHaveProperty('code');
      }
    });

    it('keeps what the newest version of its key has wrapped', async () => {
      const wrapped = await service.wrap(randomBytes(32), 'row 1');
      expect(await service.rewrap(wrapped, 'row 1')).toBe(wrapped);
    });

    it('wraps again after a rotation, and unwraps what came before', async () => {
      const secret = randomBytes(32);
      const old = await service.wrap(secret, 'row 1');
      const rotated = await opened.rotate();
      expect((await rotated.unwrap(old, 'row 1')).equals(secret)).toBe(true);
      const renewed = (await rotated.rewrap(old, 'row 1')) ?? (await rotated.wrap(secret, 'row 1'));
      expect(renewed.wrappedBy).not.toBe(old.wrappedBy);
      expect((await rotated.unwrap(renewed, 'row 1')).equals(secret)).toBe(true);
      await expect(rotated.unwrap(renewed, 'row 2')).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
}
