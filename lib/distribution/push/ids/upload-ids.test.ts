import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { isUploadId } from '#lib/blobs/staging-area.ts';
import { UploadIds } from './upload-ids.ts';
import { UploadSlots } from './upload-slots.ts';

const KEY = new Uint8Array(32);
const DAY_MS = 86_400_000;
const OWNER = { repositoryId: 7n, userId: randomUUID() };

afterEach(() => vi.useRealTimers());

test('ids are UUIDs of version 8, and another process with the same key accepts them', () => {
  const ids = Array.from({ length: 1000 }, () => new UploadIds(KEY).issue(OWNER));
  for (const id of ids) {
    expect(isUploadId(id)).toBe(true);
    expect(id).toMatch(/^.{14}8.{4}[89ab]/);
    expect(new UploadIds(KEY).isOpen(id, OWNER)).toBe(true);
  }
  expect(new Set(ids).size).toBe(ids.length);
});

test('an id is valid for its user and repository only', () => {
  const ids = new UploadIds(KEY);
  const id = ids.issue(OWNER);
  expect(ids.isOpen(id, { ...OWNER, repositoryId: 8n })).toBe(false);
  expect(ids.isOpen(id, { ...OWNER, userId: randomUUID() })).toBe(false);
  expect(new UploadIds(randomBytes(32)).isOpen(id, OWNER)).toBe(false);
});

test('an altered or made-up id is invalid', () => {
  const ids = new UploadIds(KEY);
  const flipped = fc.property(fc.nat(127), (bit) => {
    const bytes = Buffer.from(ids.issue(OWNER).replaceAll('-', ''), 'hex');
    const at = Math.floor(bit / 8);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit % 8)), at);
    return !ids.isOpen(bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), OWNER);
  });
  fc.assert(flipped, { numRuns: 500 });
  fc.assert(fc.property(fc.uuid(), (id) => !ids.isOpen(id, OWNER)));
});

test('an id expires after a day', () => {
  vi.useFakeTimers();
  const ids = new UploadIds(KEY);
  const id = ids.issue(OWNER);
  vi.advanceTimersByTime(DAY_MS - 2000);
  expect(ids.isOpen(id, OWNER)).toBe(true);
  vi.advanceTimersByTime(3000);
  expect(ids.isOpen(id, OWNER)).toBe(false);
});

test('an ended id stays ended', () => {
  const ids = new UploadIds(KEY);
  const [id, other] = [ids.issue(OWNER), ids.issue(OWNER)];
  ids.end(id);
  expect([ids.isOpen(id, OWNER), ids.isOpen(other, OWNER)]).toEqual([false, true]);
});

test('slots are limited per user and per repository, and freed', () => {
  const slots = new UploadSlots();
  const take = (userId: string, repositoryId: bigint) =>
    slots.take({ userId, repositoryId }, { perUser: 2, perRepository: 3 });
  const free = take('ada', 1n);
  expect(take('ada', 2n)).not.toBeNull();
  expect(take('ada', 3n)).toBeNull();
  expect(take('eve', 1n)).not.toBeNull();
  expect(take('bob', 1n)).not.toBeNull();
  expect(take('dan', 1n)).toBeNull();
  free?.();
  expect(take('dan', 1n)).not.toBeNull();
  expect(take('ada', 3n)).not.toBeNull();
  expect(slots.take({ userId: 'ada', repositoryId: 1n }, { perUser: 0, perRepository: 0 })).not.toBeNull();
});
