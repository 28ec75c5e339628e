import { expect, test } from 'vitest';
import { parseAuditParams } from './audit-params.ts';

test('the days of an audit filter are whole days of UTC', () => {
  const { filter } = parseAuditParams({ from: '2026-02-28', to: '2026-02-28' });
  expect(filter.from).toEqual(new Date('2026-02-28T00:00:00Z'));
  expect(filter.to).toEqual(new Date('2026-03-01T00:00:00Z'));
});

test('what an audit filter does not understand counts as not there', () => {
  const { texts, filter, before } = parseAuditParams({ from: 'x', to: '2026-13-01', before: '-1', actor: 'a\0b' });
  const client = { accessKeyId: '', address: '', userAgent: '' };
  const empty = {
    ...client,
    action: '',
    target: '',
    repository: '',
    tag: '',
    digest: '',
    registry: '',
    from: '',
    to: '',
  };
  expect(texts).toEqual({ ...empty, actor: 'ab' });
  expect(filter).toMatchObject({ from: undefined, to: undefined });
  expect(before).toBeNull();
  expect(parseAuditParams({ before: '12' }).before).toBe(12n);
});
