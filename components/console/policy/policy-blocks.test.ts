import { describe, expect, test } from 'vitest';
import {
  newBlock,
  readBlocks,
  readConditions,
  readLines,
  writeBlocks,
  writeConditions,
  writeLines,
  writeText,
} from './policy-blocks.ts';

const SHARED = {
  Sid: 'Office',
  Effect: 'Deny',
  NotPrincipal: { AWS: ['111122223333'] },
  Action: 'ecr:PutImage',
  Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' }, Bool: { 'aws:SecureTransport': ['false'] } },
};
const policyOf = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Id: 'mine', Statement });

describe('the form of a policy', () => {
  test('reads statements, also a single one and none', () => {
    expect(readBlocks(policyOf(SHARED))).toEqual([SHARED]);
    expect(readBlocks(JSON.stringify({ Statement: SHARED }))).toEqual([SHARED]);
    expect(readBlocks('')).toEqual([]);
    for (const bad of ['{', '[]', '"text"', '{}', '{"Statement": "all"}', '{"Statement": [1]}']) {
      expect(readBlocks(bad), bad).toBeNull();
    }
  });

  test('keeps the rest of the policy when it writes', () => {
    const written: unknown = JSON.parse(writeBlocks(policyOf(SHARED), [newBlock(['Principal', 'Action'])]));
    expect(written).toEqual({
      Version: '2012-10-17',
      Id: 'mine',
      Statement: [{ Effect: 'Allow', Principal: [], Action: [] }],
    });
    expect(JSON.parse(writeBlocks('', []))).toEqual({ Version: '2012-10-17', Statement: [] });
  });

  test('reads and writes lists in place, and what they leave out', () => {
    expect([readLines(SHARED, 'Principal'), readLines(SHARED, 'Action')]).toEqual([['111122223333'], ['ecr:PutImage']]);
    expect(readLines(SHARED, 'Resource')).toEqual([]);
    const open = writeLines(SHARED, 'Principal', { lines: ['*'], isNot: false });
    expect(Object.entries(open)[2]).toEqual(['Principal', '*']);
    expect(writeLines(SHARED, 'Principal', { lines: ['1', '2'], isNot: true })).toMatchObject({
      NotPrincipal: { AWS: ['1', '2'] },
    });
    expect(writeLines(SHARED, 'Action', { lines: ['ecr:*'], isNot: true })).toMatchObject({ NotAction: 'ecr:*' });
    expect(writeLines({ Effect: 'Allow' }, 'Resource', { lines: ['*'], isNot: false })).toEqual({
      Effect: 'Allow',
      Resource: '*',
    });
  });

  test('leaves principals to JSON that a list of accounts can’t say', () => {
    expect(readLines({ Principal: { Service: 'ecr.amazonaws.com' } }, 'Principal')).toBeNull();
    expect(readLines({ Action: [{ nested: true }] }, 'Action')).toBeNull();
  });

  test('reads and writes conditions', () => {
    const rows = readConditions(SHARED);
    expect(rows).toEqual([
      { operator: 'NotIpAddress', key: 'aws:SourceIp', values: ['203.0.113.0/24'] },
      { operator: 'Bool', key: 'aws:SecureTransport', values: ['false'] },
    ]);
    expect(writeConditions(SHARED, rows ?? [])).toMatchObject({
      Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' }, Bool: { 'aws:SecureTransport': 'false' } },
    });
    expect(writeConditions(SHARED, [])).not.toHaveProperty('Condition');
    expect(readConditions({ Condition: { Bool: 'x' } })).toBeNull();
    expect(readConditions({ Condition: { Bool: { key: { nested: true } } } })).toBeNull();
  });

  test('removes an empty Sid and puts a new one first', () => {
    expect(writeText(SHARED, 'Sid', '')).not.toHaveProperty('Sid');
    expect(Object.keys(writeText({ Effect: 'Allow' }, 'Sid', 'One'))).toEqual(['Sid', 'Effect']);
  });
});
