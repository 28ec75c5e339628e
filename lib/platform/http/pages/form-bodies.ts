// The bodies of forms and server actions, judged before Next reads them: React decodes the arguments of a server action
// synchronously, at 3 µs a value, for anonymous clients too.
import { IncomingMessage } from 'node:http';
import { countValues } from '#lib/oci/json-limits.ts';

/** Longer than what a visitor fills in. */
const MAX_VISITORS_BYTES = 64 * 1024;
/** A logo, or a list of names to import. Anonymous clients are refused only after the form is read. */
const MAX_BYTES = 1024 * 1024;
const LARGE_FORMS = /^\/(?:console|admin|review)(?:[/?]|$)/;
/** The longest text, escaped. React follows references in texts, too. */
const MAX_JSON_BYTES = 384 * 1024;
const MAX_VALUES = 2_000;
/** The largest form has a field for each of 50 operating systems and 50 architectures. */
const MAX_FIELDS = 300;
/** Each value can be a reference for which React goes through all fields. */
const MAX_LOOKUPS = 100_000;

export type FormRefusal = { status: 400 | 413; text: string };

const TOO_LARGE: FormRefusal = { status: 413, text: 'The request is too large.' };
const UNREADABLE: FormRefusal = { status: 400, text: 'The request could not be read.' };
const TOO_MANY: FormRefusal = { status: 400, text: 'The form has too many fields or values.' };

/** Has it a body that Next reads as a form? The REST API reads its own. */
export function isForm({ headers, url = '' }: IncomingMessage): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return hasBody && !url.startsWith('/api/v1/');
}

/** Reads the whole body. Answers the request with that body to be read again, why it is refused, or null if the client is gone. */
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

/** Null: Next may read it. */
export function findFault(body: Buffer, contentType: string): FormRefusal | null {
  const type = contentType.trim().toLowerCase();
  if (type.startsWith('multipart/')) return findFaultOfParts(body, contentType);
  // Fields alone are read off this one, never JSON.
  if (type.startsWith('application/x-www-form-urlencoded')) return countFields(body) > MAX_FIELDS ? TOO_MANY : null;
  if (body.length > MAX_JSON_BYTES) return TOO_LARGE;
  return countValues(body, MAX_VALUES) > MAX_VALUES ? TOO_MANY : null;
}

function countFields(body: Buffer): number {
  let count = 1;
  for (let at = body.indexOf('&'); at >= 0 && count <= MAX_FIELDS; at = body.indexOf('&', at + 1)) count += 1;
  return count;
}

/** Only as every client writes it: parsers must not find another boundary than this one. */
const MULTIPART = /^multipart\/form-data;\s*boundary=(?:"([\w'()+,./:=? -]{1,70})"|([\w'()+./:=?-]{1,70}))$/i;
/** A field or file of a form's own, which is never parsed as JSON: React's have numbers, and Next's begin with `$`. */
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
    // Within a line, it begins a part for some parsers and not for others.
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

/** What React may parse of a part; nothing of other fields and of files. */
function findJson(part: Buffer): Buffer {
  const headersEnd = part.indexOf(HEADERS_END);
  if (headersEnd < 0 || OWN_FIELD.test(part.toString('latin1', 0, headersEnd))) return NOTHING;
  let start = headersEnd + HEADERS_END.length;
  while (SPACE.test(String.fromCharCode(part[start] ?? 0))) start += 1;
  const isJson = JSON_START.test(String.fromCharCode(part[start] ?? 0));
  return isJson ? part.subarray(start) : NOTHING;
}

/** As if it had just come. The original is used up. */
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
