// Writes JSON as Go's encoding/json does, byte for byte, because ids and digests of translated manifests depend on it.

/** Splits a JSON object into the texts of its values, by name. The last of several equal names counts, as in Go. */
export function splitObject(json: string): Map<string, string> | null {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  } catch {
    return null;
  }
  const fields = new Map<string, string>();
  let depth = 0;
  let name: string | null = null;
  let start = 0;
  for (const { token, end } of tokens(json)) {
    if (depth === 1 && (token === ',' || token === '}')) {
      if (name !== null) fields.set(name, json.slice(start, end - 1));
      name = null;
    } else if (depth === 1 && name === null && token.startsWith('"')) {
      name = JSON.parse(token) as string;
    } else if (depth === 1 && token === ':') start = end;
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
  }
  return fields;
}

/** Takes the blanks out of valid JSON, and escapes what Go escapes in a raw message. */
export function compact(json: string): string {
  let text = '';
  for (const { token } of tokens(json)) text += token;
  return escapeHtml(text);
}

export function toGoJson(value: unknown, indent?: number): string {
  return escapeHtml(JSON.stringify(value, null, indent));
}

function escapeHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const TOKEN = /[{}[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/g;

function* tokens(json: string): Generator<{ token: string; end: number }> {
  for (const { 0: token, index } of json.matchAll(TOKEN)) yield { token, end: index + token.length };
}
