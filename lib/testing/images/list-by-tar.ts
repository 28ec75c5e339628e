// Parses GNU tar's listing.
import { execFileSync } from 'node:child_process';

export type TarLine = {
  kind: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  seconds: number;
  path: string;
  target: string;
};

const LINE = /^(.)([-rwxstST]{9}) (\d+)\/(\d+) +(\d+)(?:,\d+)? (-?\d+-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? +(.*)$/;
/** Drops path segments that don't change the target. */
const plain = (path: string) =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');

export function listByTar(archive: Buffer): TarLine[] {
  const flags = ['--list', '--verbose', '--numeric-owner', '--full-time', '--utc', '--quoting-style=literal'];
  const lines = execFileSync('tar', [...flags, '--file=-'], { input: archive, maxBuffer: 1e9 })
    .toString()
    .split('\n')
    .slice(0, -1);
  return lines.map((line) => {
    const [, kind = '', mode = '', uid, gid, size, day, time, rest = ''] = LINE.exec(line) ?? [];
    if (!kind) throw new Error(`unexpected line from tar: ${line}`);
    const separator = kind === 'h' ? ' link to ' : kind === 'l' ? ' -> ' : '\0';
    const [path = '', target = ''] = rest.split(separator);
    const isDevice = kind === 'b' || kind === 'c';
    return {
      kind: kind === 'b' ? 'c' : kind,
      mode: toMode(mode),
      uid: Number(uid),
      gid: Number(gid),
      size: isDevice ? 0 : Number(size),
      seconds: Date.parse(`${day}T${time}Z`) / 1_000,
      path: plain(path),
      target,
    };
  });
}

/** Parses `rwsr-xr-t`. */
function toMode(text: string): number {
  let mode = 0;
  [...text].forEach((letter, i) => {
    if (!'-ST'.includes(letter)) mode |= 1 << (8 - i);
    if ('stST'.includes(letter)) mode |= [0o4000, 0o2000, 0o1000][Math.floor(i / 3)] ?? 0;
  });
  return mode;
}
