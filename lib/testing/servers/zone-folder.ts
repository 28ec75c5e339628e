// A test name server's zone as a folder: one file per name, one TXT record per line. Tests in other processes can write
// it.
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
  if (!NAME.test(name)) throw new Error(`${name} isn't a valid zone name`);
  writeFileSync(join(folder, name), records.join('\n'));
}
