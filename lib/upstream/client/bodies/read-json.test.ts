import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readJson } from './read-json.ts';

const MAX_BYTES = 1024 * 1024;

function read(text: string) {
  let judged = 0;
  const schema = z.custom<unknown>(() => {
    judged += 1;
    return true;
  });
  const response = { status: 200, headers: {}, body: Readable.from([Buffer.from(text)]) };
  return {
    judging: readJson(response, { host: 'far.example', maxBytes: MAX_BYTES, schema }),
    countJudged: () => judged,
  };
}

test('a list with too many values is rejected before it is parsed', async () => {
  const { judging, countJudged } = read(`[${'0,'.repeat(200_001)}0]`);
  await expect(judging).rejects.toMatchObject({
    code: 'upstream_invalid',
    message: expect.stringContaining('too long') as string,
  });
  expect(countJudged()).toBe(0);
  await expect(read(`[${'0,'.repeat(1_000)}0]`).judging).resolves.toHaveLength(1_001);
});
