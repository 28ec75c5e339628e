// The zone of a test's name server as a folder: a file per name, whose lines are TXT records. Tests in other processes write it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Zone } from './dns-server.ts';

const NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

export function zoneFolder(folder: string): Zone {
  return {
    get: (name) => {
      const file = join(folder, name);
      return NAME.test(name) && existsSync(file) ? { TXT: readFileSync(file, 'utf8').split('\n') } : undefined;
    },
  };
}

export function writeTxtRecords(folder: string, name: string, records: string[]): void {
  if (!NAME.test(name)) throw new Error(`${name} is no name of a zone`);
  writeFileSync(join(folder, name), records.join('\n'));
}
