// Policy strings with wildcards (`*`, `?`) and variables (`${aws:username}`).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

/** The request's condition keys, in lowercase. Multivalued keys such as `aws:tagkeys` hold a list. */
export type ContextValues = Readonly<Record<string, string | readonly string[]>>;

/** One character to match, or a wildcard. */
type Token = string | typeof ANY | typeof ONE;
const ANY = Symbol('*');
const ONE = Symbol('?');

type Part = { text: string } | { key: string; fallback: string | null };

export type TextPattern = {
  /** Returns null if a variable has no value. The statement doesn't match then. */
  resolve: (context: ContextValues) => Token[] | null;
};

const VARIABLE = /\$\{([^{}]*)\}/g;
const WITH_FALLBACK = /^\s*([^,\s]+)\s*,\s*'([^']*)'\s*$/;
/** `${*}`, `${?}` and `${$}` stand for the character itself. */
const LITERALS: ReadonlySet<string> = new Set(['*', '?', '$']);

/** `hasVariables` is false for policies of version 2008-10-17, which treat `${…}` as literal text. */
export function compileText(text: string, { hasVariables }: { hasVariables: boolean }): TextPattern {
  if (!hasVariables || !text.includes('${')) {
    const tokens = toTokens(text);
    return { resolve: () => tokens };
  }
  const parts = splitParts(text);
  return {
    resolve: (context) => {
      const tokens: Token[] = [];
      for (const part of parts) {
        if ('text' in part) {
          tokens.push(...toTokens(part.text));
          continue;
        }
        const value = LITERALS.has(part.key) ? part.key : (singleValue(context[part.key]) ?? part.fallback);
        if (value === null) return null;
        // Wildcards in a substituted value are literal characters.
        tokens.push(...value);
      }
      return tokens;
    },
  };
}

function splitParts(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(VARIABLE)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index) });
    const inside = match[1] ?? '';
    const [, key = inside.trim(), fallback = null] = WITH_FALLBACK.exec(inside) ?? [];
    parts.push({ key: key.toLowerCase(), fallback });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

function singleValue(value: string | readonly string[] | undefined): string | null {
  if (typeof value === 'string') return value;
  return value?.length === 1 ? (value[0] ?? null) : null;
}

export function matchesWildcards(pattern: string, text: string): boolean {
  return matchTokens(toTokens(pattern), text);
}

export function hasWildcards(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

function toTokens(text: string): Token[] {
  return [...text].map((char) => (char === '*' ? ANY : char === '?' ? ONE : char));
}

/** Turns tokens back into text, with wildcards as literal characters. */
export function toLiteral(tokens: readonly Token[]): string {
  return tokens.map((token) => (token === ANY ? '*' : token === ONE ? '?' : token)).join('');
}

/** Matches the whole text, case-sensitively, in at most `tokens × text` steps. */
export function matchTokens(tokens: readonly Token[], text: string): boolean {
  const chars = [...text];
  let token = 0;
  let char = 0;
  let anyToken = -1;
  let anyChar = 0;
  while (char < chars.length) {
    if (token < tokens.length && tokens[token] === ANY) {
      anyToken = token++;
      anyChar = char;
    } else if (token < tokens.length && (tokens[token] === ONE || tokens[token] === chars[char])) {
      token += 1;
      char += 1;
    } else if (anyToken >= 0) {
      token = anyToken + 1;
      char = ++anyChar;
    } else return false;
  }
  while (tokens[token] === ANY) token += 1;
  return token === tokens.length;
}

const ARN_SEGMENTS = 6;

/**
 * Matches a Resource element against the ARN of a request, segment by segment. If the pattern has fewer than six
 * segments, its last one matches the rest, so `arn:aws:ecr:*` covers all of ECR. Actions without a resource request
 * `*`, which only `*` matches.
 */
export function matchResource(tokens: readonly Token[], resource: string): boolean {
  if (tokens.length === 1 && tokens[0] === ANY) return true;
  const patterns = splitTokens(tokens);
  return matchSegments(patterns, splitArn(resource, patterns.length));
}

/** Matches like the `Arn…` operators, which require all six segments on both sides. */
export function matchArn(tokens: readonly Token[], arn: string): boolean {
  const patterns = splitTokens(tokens);
  const segments = splitArn(arn, ARN_SEGMENTS);
  return patterns.length === ARN_SEGMENTS && segments.length === ARN_SEGMENTS && matchSegments(patterns, segments);
}

function matchSegments(patterns: Token[][], segments: string[]): boolean {
  if (patterns.length !== segments.length) return false;
  return patterns.every((pattern, index) => matchTokens(pattern, segments[index] ?? ''));
}

/** Splits into at most `count` segments. The last one keeps the remaining colons. */
function splitArn(arn: string, count: number): string[] {
  const segments = arn.split(':');
  const head = segments.slice(0, count - 1);
  return segments.length < count ? segments : [...head, segments.slice(count - 1).join(':')];
}

function splitTokens(tokens: readonly Token[]): Token[][] {
  const segments: Token[][] = [[]];
  for (const token of tokens) {
    if (token === ':' && segments.length < ARN_SEGMENTS) segments.push([]);
    else segments.at(-1)?.push(token);
  }
  return segments;
}
