// Reads the headers of a tar archive (POSIX ustar and pax, GNU long names and sparse files) and skips file contents.
// Tested against GNU tar. Where tools differ, it follows Go's archive/tar, which container runtimes use.
import { readPaxRecords, type PaxRecords } from './pax-records.ts';
import { isZeroBlock, readChecksum, readNumber, readText, sumHeader } from './tar-fields.ts';

export type TarHeader = {
  path: string;
  /** One character, such as `0` for a file and `5` for a folder. */
  type: string;
  /** The unpacked size of a sparse file, not the packed one. */
  sizeBytes: number;
  mode: number;
  uid: number;
  gid: number;
  /** Null when missing or invalid. */
  modifiedSeconds: number | null;
  linkPath: string;
};

/** `limit`: exceeds a limit of this reader. */
export class TarError extends Error {
  readonly why: 'damaged' | 'limit';

  constructor(why: TarError['why'], message: string) {
    super(message);
    this.why = why;
  }
}

const BLOCK = 512;
/** For one pax header or long name. */
const MAX_EXTENSION_BYTES = 1024 * 1024;
/** Links, devices, folders and pipes have no content, whatever size they claim. */
const WITHOUT_CONTENT = '123456';
const EXTENSIONS = 'xXgLK';

export class TarReader {
  readonly #onHeader: (header: TarHeader) => void;
  #isDone = false;
  #skipBytes = 0;
  #part = Buffer.alloc(BLOCK);
  #filled = 0;
  #wanted = BLOCK;
  #next: (block: Buffer) => void = (block) => this.#readHeader(block);
  #global: PaxRecords = {};
  #local: PaxRecords = {};
  #longPath: string | null = null;
  #longLink: string | null = null;

  constructor(onHeader: (header: TarHeader) => void) {
    this.#onHeader = onHeader;
  }

  /** Whether the end marker was read. Anything after it is ignored. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Doesn't retain `chunk`. @throws TarError */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && !this.#isDone;) {
      if (this.#skipBytes > 0) {
        const skipped = Math.min(this.#skipBytes, chunk.length - at);
        this.#skipBytes -= skipped;
        at += skipped;
        continue;
      }
      const taken = Math.min(this.#wanted - this.#filled, chunk.length - at);
      chunk.copy(this.#part, this.#filled, at, at + taken);
      this.#filled += taken;
      at += taken;
      if (this.#filled < this.#wanted) return;
      this.#filled = 0;
      this.#next(this.#part.subarray(0, this.#wanted));
    }
  }

  /** Ends the input. Some writers omit the end marker. @throws TarError if the input ends within an entry */
  end(): void {
    const isBetween = this.#filled === 0 && this.#skipBytes === 0 && this.#wanted === BLOCK;
    if (!this.#isDone && !isBetween) throw new TarError('damaged', 'The archive ends in the middle of an entry.');
  }

  #collect(bytes: number, next: (block: Buffer) => void): void {
    this.#wanted = bytes;
    if (bytes > this.#part.length) this.#part = Buffer.alloc(bytes);
    this.#next = next;
  }

  #collectHeader(): void {
    if (this.#part.length > BLOCK) this.#part = Buffer.alloc(BLOCK);
    this.#collect(BLOCK, (block) => this.#readHeader(block));
  }

  #readHeader(block: Buffer): void {
    if (isZeroBlock(block)) {
      this.#isDone = true;
      return;
    }
    const sums = sumHeader(block);
    if (!sums.includes(readChecksum(block))) throw new TarError('damaged', "A header's checksum is wrong.");
    const type = block[156] ? String.fromCharCode(block[156]) : '0';
    const sizeBytes = requireSize(readNumber(block, 124, 12));
    if (EXTENSIONS.includes(type)) this.#readExtension(type, sizeBytes);
    else this.#readEntry(block, type, sizeBytes);
  }

  #readExtension(type: string, sizeBytes: number): void {
    if (sizeBytes > MAX_EXTENSION_BYTES) throw new TarError('limit', 'A header is too long.');
    const next = (block: Buffer) => {
      const content = block.subarray(0, sizeBytes);
      if (type === 'L') this.#longPath = readText(content, 0, content.length);
      else if (type === 'K') this.#longLink = readText(content, 0, content.length);
      else {
        const records = readPaxRecords(content);
        if (!records) throw new TarError('damaged', 'A pax header is malformed.');
        if (type === 'g') this.#global = { ...this.#global, ...records };
        else this.#local = { ...this.#local, ...records };
      }
      this.#collectHeader();
    };
    if (sizeBytes === 0) next(Buffer.alloc(0));
    else this.#collect(roundUp(sizeBytes), next);
  }

  #readEntry(block: Buffer, type: string, plainSize: number): void {
    // An empty value cancels the value of a global header.
    const pax = Object.fromEntries(Object.entries({ ...this.#global, ...this.#local }).filter(([, value]) => value));
    const packedBytes = pax['size'] === undefined ? plainSize : requireSize(Number(pax['size']));
    const isOldSparse = type === 'S';
    const realSize = isOldSparse
      ? readNumber(block, 483, 12)
      : toNumber(pax['GNU.sparse.realsize'] ?? pax['GNU.sparse.size']);
    const path = pax['GNU.sparse.name'] ?? pax['path'] ?? this.#longPath ?? readPath(block);
    const hasContent = !WITHOUT_CONTENT.includes(type);
    this.#skipBytes = hasContent ? roundUp(packedBytes) : 0;
    const linkPath = pax['linkpath'] ?? this.#longLink ?? readText(block, 157, 100);
    this.#local = {};
    this.#longPath = null;
    this.#longLink = null;
    this.#onHeader({
      path,
      // Older archives mark folders only by a trailing slash.
      type: '07'.includes(type) && path.endsWith('/') ? '5' : type,
      sizeBytes: hasContent ? (realSize ?? packedBytes) : 0,
      mode: readNumber(block, 100, 8) ?? 0,
      uid: toNumber(pax['uid']) ?? readNumber(block, 108, 8) ?? 0,
      gid: toNumber(pax['gid']) ?? readNumber(block, 116, 8) ?? 0,
      modifiedSeconds: toNumber(pax['mtime']) ?? readNumber(block, 136, 12),
      linkPath,
    });
    if (isOldSparse && block[482]) this.#readSparseMap();
    else this.#collectHeader();
  }

  /** Skips the rest of a sparse map that didn't fit into its header. It precedes the content. */
  #readSparseMap(): void {
    const skipBytes = this.#skipBytes;
    this.#skipBytes = 0;
    this.#collect(BLOCK, (block) => {
      if (block[504]) return;
      this.#skipBytes = skipBytes;
      this.#collectHeader();
    });
  }
}

const roundUp = (bytes: number): number => Math.ceil(bytes / BLOCK) * BLOCK;

function requireSize(size: number | null): number {
  if (size !== null && Number.isSafeInteger(size) && size >= 0) return size;
  throw new TarError('damaged', 'A size is not a number.');
}

function toNumber(text: string | undefined): number | null {
  if (text === undefined || text.trim() === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Reads a path. POSIX splits a long one over two fields; GNU stores other data in the second. */
function readPath(block: Buffer): string {
  const name = readText(block, 0, 100);
  if (block.toString('latin1', 257, 263) !== 'ustar\0') return name;
  const isStar = block.toString('latin1', 508, 512) === 'tar\0';
  const prefix = readText(block, 345, isStar ? 131 : 155);
  return prefix === '' ? name : `${prefix}/${name}`;
}
