// Ids of uploads. Starting an upload writes nothing, so its id must prove to every replica that the site issued it.
//
// Format: a UUID of version 8 (RFC 9562 §5.8), because ECR's API allows nothing else
//   4 bytes seconds since 1970 · 6 bytes random, except version and variant · 6 bytes MAC
import { createHmac, createSecretKey, randomFillSync, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';

const TTL_SECONDS = 86_400;
const ID_BYTES = 16;
const RANDOM_AT = 4;
const VERSION_AT = 6;
const VARIANT_AT = 8;
const MAC_AT = 10;
const MAX_ENDED = 10_000;
const UUID_HEX = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

export type UploadOwner = { repositoryId: bigint; userId: string };

/**
 * Issues and checks the ids of uploads that have no row yet. Every request must be allowed to push anyway, so a forged id
 * gains nothing but an upload. 48 bits are enough for that.
 */
export class UploadIds {
  readonly #key: KeyObject;
  /** Uploads that ended without a row. Another process doesn't know, and would start such an upload again. */
  readonly #ended = new LRUCache<string, true>({ max: MAX_ENDED });

  constructor(key: Uint8Array) {
    // createHmac would prepare raw bytes each time, which costs more than the hash.
    this.#key = createSecretKey(key);
  }

  issue(owner: UploadOwner): string {
    const bytes = Buffer.allocUnsafe(ID_BYTES);
    bytes.writeUInt32BE(nowSeconds());
    randomFillSync(bytes, RANDOM_AT, MAC_AT - RANDOM_AT);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(VERSION_AT) & 0x0f), VERSION_AT);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(VARIANT_AT) & 0x3f), VARIANT_AT);
    this.#mac(bytes, owner).copy(bytes, MAC_AT);
    return bytes.toString('hex').replace(UUID_HEX, '$1-$2-$3-$4-$5');
  }

  /** Whether the site issued the id to this owner within a day, and this process hasn't ended its upload. */
  isOpen(id: string, owner: UploadOwner): boolean {
    const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
    if (bytes.length !== ID_BYTES || nowSeconds() - bytes.readUInt32BE() >= TTL_SECONDS) return false;
    return this.#mac(bytes, owner).equals(bytes.subarray(MAC_AT)) && !this.#ended.has(id);
  }

  end(id: string): void {
    this.#ended.set(id, true);
  }

  #mac(bytes: Buffer, { repositoryId, userId }: UploadOwner): Buffer {
    const mac = createHmac('sha256', this.#key).update(bytes.subarray(0, MAC_AT)).update(`${repositoryId} ${userId}`);
    return mac.digest().subarray(0, ID_BYTES - MAC_AT);
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
