import { cleanText, escapeXml } from '#lib/api/feeds/clean-text.ts';

/** Session tokens have a few hundred characters. */
const MAX_TEXT_LENGTH = 4_096;
const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

export function writeStsAnswer(name: string, result: Record<string, unknown>, requestId: string): string {
  const members = writeMembers(result);
  const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
  return `<${name}Response xmlns="${NAMESPACE}"><${name}Result>${members}</${name}Result>${metadata}</${name}Response>`;
}

export function writeStsError(
  { code, message, status }: { code: string; message: string; status: number },
  requestId: string,
): string {
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const error = element('Type', type) + element('Code', code) + element('Message', message);
  return `<ErrorResponse xmlns="${NAMESPACE}"><Error>${error}</Error>${element('RequestId', requestId)}</ErrorResponse>`;
}

function writeMembers(members: Record<string, unknown>): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      typeof value === 'object' && value !== null
        ? `<${name}>${writeMembers(value as Record<string, unknown>)}</${name}>`
        : element(name, String(value)),
    )
    .join('');
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(cleanText(text, MAX_TEXT_LENGTH))}</${name}>`;
}
