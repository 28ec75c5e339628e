import type { ServerResponse } from 'node:http';
import { setImmediate as nextPhase } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AnswerBatch } from './answer-batch.ts';

test('ends responses in order and in one batch, after all pending requests', async () => {
  const ended: string[] = [];
  const response = () => ({ end: (text: string) => void ended.push(text) }) as unknown as ServerResponse;
  const batch = new AnswerBatch();
  batch.end(response(), 'one', 'utf8');
  batch.end(response(), 'two', 'latin1');
  expect(ended).toEqual([]);
  await nextPhase();
  expect(ended).toEqual(['one', 'two']);
  batch.end(response(), 'three', 'utf8');
  await nextPhase();
  expect(ended).toEqual(['one', 'two', 'three']);
});
