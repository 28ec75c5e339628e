import { expect, test } from 'vitest';
import {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  OCI_IMAGE_INDEX,
  OCI_IMAGE_MANIFEST,
  SCHEMA_1,
  SCHEMA_1_SIGNED,
} from '#lib/oci/media-types.ts';
import { parseAccept } from './accept-header.ts';
import { chooseFormat } from './choose-format.ts';

const TYPES: Record<string, string> = {
  S1: SCHEMA_1_SIGNED,
  S2: DOCKER_MANIFEST,
  OM: OCI_IMAGE_MANIFEST,
  SL: DOCKER_MANIFEST_LIST,
  OI: OCI_IMAGE_INDEX,
};
const name = (mediaType: string) => Object.keys(TYPES).find((key) => TYPES[key] === mediaType);

/** `stored`, a type, or `child TYPE`. */
function choose(stored: string, accept: string | undefined, userAgent?: string): string {
  const named = accept?.replace(/\b(?:S1|S2|OM|SL|OI)\b/g, (key) => TYPES[key] ?? key);
  const acceptance = named === undefined ? null : parseAccept(named);
  const format = chooseFormat(TYPES[stored] ?? '', { acceptance, userAgent });
  return format ? `${format.ofPlatform ? 'child ' : ''}${name(format.mediaType)}` : 'stored';
}

const ACCEPTED = ['S1', 'S2', 'S2,SL', 'OM', 'OM,OI', 'SL', 'OI'];

test.each([
  ['S1', ['stored', 'stored', 'stored', 'stored', 'stored', 'stored', 'stored']],
  ['S2', ['S1', 'stored', 'stored', 'OM', 'OM', 'stored', 'stored']],
  ['OM', ['S1', 'S2', 'S2', 'stored', 'stored', 'stored', 'stored']],
  ['SL', ['child S1', 'child S2', 'stored', 'child OM', 'OI', 'stored', 'OI']],
  ['OI', ['child S1', 'child S2', 'SL', 'child OM', 'stored', 'SL', 'stored']],
])('%s is answered in a format that the client reads', (stored, expected) => {
  expect(ACCEPTED.map((accept) => choose(stored, accept))).toEqual(expected);
});

test('clients that read everything get what is stored', () => {
  const containerd = 'S2, SL, OM, OI, */*';
  const crane = `${SCHEMA_1},S1,S2,OM,SL,OI`;
  for (const accept of [containerd, crane, '*/*', 'application/*', undefined])
    for (const stored of Object.keys(TYPES)) expect(choose(stored, accept)).toBe('stored');
});

test('a type with quality 0 isn’t answered, and the highest quality wins', () => {
  expect(choose('OM', 'OM;q=0, */*')).toBe('S2');
  expect(choose('OM', 'S1, S2;q=0.5')).toBe('S1');
  expect(choose('OI', 'S2;q=0.9, SL;q=0.2')).toBe('child S2');
});

test('Docker before 1.10 gets schema 1', () => {
  expect(choose('OI', undefined, 'docker/1.9.1 go/go1.4.2 kernel/4.4 os/linux arch/amd64')).toBe('child S1');
  expect(choose('S2', undefined, 'docker/1.10.0 go/go1.5.3')).toBe('stored');
  // Docker 1.10 and later, in any order.
  expect(choose('OM', 'S1, application/json, S2, SL')).toBe('S2');
  expect(choose('OM', 'application/json')).toBe('S1');
});
