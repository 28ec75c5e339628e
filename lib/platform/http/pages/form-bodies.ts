// Limits the bodies of forms and server actions before Next parses them. React decodes action arguments synchronously,
// at 3 µs per value, for anonymous clients too.
import { IncomingMessage } from 'node:http';
import { countValues } from '#lib/oci/json-limits.ts';

/** More than any form for visitors needs. */
const MAX_VISITORS_BYTES = 64 * 1024;
/** For logos and imports. Forms are parsed before the caller is authenticated, so this applies to anonymous clients too. */
const MAX_BYTES = 1024 * 1024;
const LARGE_FORMS = /^\/(?:console|admin|review)(?:[/?]|$)/;
/** Fits the longest text when escaped. React also resolves references inside strings. */
const MAX_JSON_BYTES = 384 * 1024;
const MAX_VALUES = 2_000;
/** The largest form has a field for each of 50 operating systems and 50 architectures. */
const MAX_FIELDS = 300;
/** Each value can be a reference for which React scans all fields. */
const MAX_LOOKUPS = 100_000;

export type FormRefusal = { status: 400 | 413; text: string };

const TOO_LARGE: FormRefusal = { status: 413, text: 'The request is too large.' };
const UNREADABLE: FormRefusal = { status: 400, text: "The request couldn't be parsed." };
const TOO_MANY: FormRefusal = { status: 400, text: 'The form has too many fields or values.' };

/** Whether the request has a body that Next parses as a form. The REST API parses its own. */
export function isForm({ headers, url = '' }: IncomingMessage): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return hasBody && !url.startsWith('/api/v1/');
}

/** Reads and checks the body. Returns a request with the body to read again, a refusal, or null if the client disconnected. */
export async function readForm(req: IncomingMessage): Promise<IncomingMessage | FormRefusal | null> {
  const maxBytes = LARGE_FORMS.test(req.url ?? '') ? MAX_BYTES : MAX_VISITORS_BYTES;
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) return TOO_LARGE;
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const isWhole = await new Promise<boolean>((resolve) => {
    req.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= maxBytes) chunks.push(chunk);
      else resolve(true);
    });
    req.on('end', () => resolve(true)).on('error', () => resolve(false));
    req.on('close', () => resolve(false));
  });
  if (!isWhole) return null;
  if (sizeBytes > maxBytes) return TOO_LARGE;
  const body = Buffer.concat(chunks);
  return findFault(body, req.headers['content-type'] ?? '') ?? withBody(req, body);
}

/** Returns null if Next may parse the body. */
export function findFault(body: Buffer, contentType: string): FormRefusal | null {
  const type = contentType.trim().toLowerCase();
  if (type.startsWith('multipart/')) return findFaultOfParts(body, contentType);
  // React never parses JSON in this format.
  if (type.startsWith('application/x-www-form-urlencoded')) return countFields(body) > MAX_FIELDS ? TOO_MANY : null;
  if (body.length > MAX_JSON_BYTES) return TOO_LARGE;
  return countValues(body, MAX_VALUES) > MAX_VALUES ? TOO_MANY : null;
}

function countFields(body: Buffer): number {
  let count = 1;
  for (let at = body.indexOf('&'); at >= 0 && count <= MAX_FIELDS; at = body.indexOf('&', at + 1)) count += 1;
  return count;
}

/** Accepts only the common notation, so that no parser finds a different boundary. */
const MULTIPART = /^multipart\/form-data;\s*boundary=(?:"([\w'()+,./:=? -]{1,70})"|([\w'()+./:=?-]{1,70}))$/i;
/** A regular form field or file, never parsed as JSON. React's fields are numbered and Next's start with `$`. */
const OWN_FIELD =
  /^content-disposition: form-data; name="(?:\d+_)?[a-z][\w.-]*"(?:; filename="[^"\r\n]*"\r\ncontent-type: [\w/.+-]+)?$/i;
const HEADERS_END = '\r\n\r\n';
const SPACE = /\s/;
const JSON_START = /["[{]/;
const NOTHING = Buffer.alloc(0);

function findFaultOfParts(body: Buffer, contentType: string): FormRefusal | null {
  const [, quoted, plain] = MULTIPART.exec(contentType.trim()) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return UNREADABLE;
  const delimiter = `--${boundary}`;
  let [fields, values, jsonBytes] = [0, 0, 0];
  for (let start = body.indexOf(delimiter); start >= 0; fields += 1) {
    // Parsers disagree on boundaries within a line.
    if (start > 0 && body.toString('latin1', start - 2, start) !== '\r\n') return UNREADABLE;
    const next = body.indexOf(delimiter, start + delimiter.length);
    const part = body.subarray(start + delimiter.length + 2, next < 0 ? body.length : next);
    const json = findJson(part);
    values += countValues(json, MAX_VALUES);
    jsonBytes += json.length;
    if (jsonBytes > MAX_JSON_BYTES) return TOO_LARGE;
    if (fields > MAX_FIELDS || values > MAX_VALUES || fields * values > MAX_LOOKUPS) return TOO_MANY;
    start = next;
  }
  return null;
}

/** Returns the JSON that React may parse in a part. Regular fields and files have none. */
function findJson(part: Buffer): Buffer {
  const headersEnd = part.indexOf(HEADERS_END);
  if (headersEnd < 0 || OWN_FIELD.test(part.toString('latin1', 0, headersEnd))) return NOTHING;
  let start = headersEnd + HEADERS_END.length;
  while (SPACE.test(String.fromCharCode(part[start] ?? 0))) start += 1;
  const isJson = JSON_START.test(String.fromCharCode(part[start] ?? 0));
  return isJson ? part.subarray(start) : NOTHING;
}

/** Creates an equivalent request with the body unread. */
function withBody(req: IncomingMessage, body: Buffer): IncomingMessage {
  const { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor } = req;
  const copy = Object.assign(new IncomingMessage(req.socket), {
    method,
    url,
    headers,
    rawHeaders,
    httpVersion,
    httpVersionMajor,
    httpVersionMinor,
    complete: true,
  });
  copy.push(body);
  copy.push(null);
  return copy;
}
