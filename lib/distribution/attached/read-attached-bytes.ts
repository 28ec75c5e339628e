// Reads an attached document, which may be anything. Runs on a worker thread if it is large.
import { countValues } from '#lib/oci/json-limits.ts';
import type { AttachedContent, AttachedDocument, InTotoStatement } from './attached-document.ts';
import { cutJson } from './cut-json.ts';
import { digestIn, isObject, listIn, parseJson, textIn, valueIn } from './json-fields.ts';
import { readProvenance } from './read-provenance.ts';
import { readSbom } from './read-sbom.ts';
import {
  readBundleClaims,
  readCosignClaims,
  readEnvelopeClaims,
  readNotationClaims,
  type Annotations,
} from './read-signature.ts';

/** Bounds the memory that parsing takes. SBOMs of whole distributions have about 200,000 values. */
const MAX_VALUES = 3_000_000;
const MAX_SUBJECTS = 50;
const MAX_TEXT_LENGTH = 64 * 1024;

export function readAttachedBytes(bytes: Uint8Array, annotations: Annotations): AttachedDocument {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isText = !buffer.includes(0);
  const document = isText && mayBeJson(buffer) ? parseJson(buffer.toString('utf8')) : undefined;
  const nothing = { sizeBytes: buffer.length, signature: null, statement: null, json: null };
  if (!isObject(document) && !Array.isArray(document)) return { ...nothing, content: readText(buffer, isText) };
  const { signature, inner } = unwrapEnvelope(document, annotations);
  const statement = readStatement(inner);
  const predicate: unknown = statement ? valueIn(inner, 'predicate') : inner;
  const content = readContent(predicate, signature !== null && !statement);
  return { ...nothing, signature, statement, content, json: cutJson(inner) };
}

function mayBeJson(buffer: Buffer): boolean {
  return /^\s*[[{]/.test(buffer.toString('utf8', 0, 100)) && countValues(buffer, MAX_VALUES) <= MAX_VALUES;
}

function readContent(predicate: unknown, isSignature: boolean): AttachedContent {
  const sbom = readSbom(predicate);
  if (sbom) return { kind: 'sbom', sbom };
  const provenance = readProvenance(predicate);
  if (provenance) return { kind: 'provenance', provenance };
  return { kind: isSignature ? 'signature' : 'json' };
}

function readText(buffer: Buffer, isText: boolean): AttachedContent {
  const text = isText ? decodeUtf8(buffer.subarray(0, MAX_TEXT_LENGTH)) : null;
  if (text === null) return { kind: 'binary' };
  return { kind: 'text', excerpt: { text, isCut: buffer.length > MAX_TEXT_LENGTH } };
}

/** Returns null for other encodings. The end may be within a character. */
function decodeUtf8(buffer: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(buffer), { stream: true });
  } catch {
    return null;
  }
}

type Unwrapped = { signature: AttachedDocument['signature']; inner: unknown };

function unwrapEnvelope(document: unknown, annotations: Annotations): Unwrapped {
  if (isObject(valueIn(document, 'verificationMaterial'))) {
    const envelope = valueIn(document, 'dsseEnvelope');
    return { signature: readBundleClaims(document), inner: decodePayload(envelope) ?? document };
  }
  const payload = decodePayload(document);
  if (payload !== undefined) return { signature: readEnvelopeClaims(document, annotations), inner: payload };
  const signature = readCosignClaims(document, annotations) ?? readNotationClaims(document);
  return { signature, inner: document };
}

/** Returns undefined unless `envelope` is a DSSE envelope of JSON. */
function decodePayload(envelope: unknown): unknown {
  const payload = valueIn(envelope, 'payload');
  const isEnvelope = typeof payload === 'string' && Array.isArray(valueIn(envelope, 'signatures'));
  if (!isEnvelope || !textIn(envelope, 'payloadType').includes('json')) return undefined;
  const bytes = Buffer.from(payload, 'base64');
  return mayBeJson(bytes) ? parseJson(bytes.toString('utf8')) : undefined;
}

/** Reads an in-toto statement. https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
function readStatement(document: unknown): InTotoStatement | null {
  const predicateType = textIn(document, 'predicateType');
  if (predicateType === '' || !textIn(document, '_type').startsWith('https://in-toto.io/Statement/')) return null;
  const subjects = listIn(document, 'subject');
  return {
    predicateType,
    subjects: subjects
      .slice(0, MAX_SUBJECTS)
      .map((subject) => ({ name: textIn(subject, 'name'), digest: digestIn(subject, 'digest') })),
    subjectCount: subjects.length,
  };
}
