// Policy strings with wildcards (`*`, `?`) and variables (`${aws:username}`).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

/** The request's condition keys, in lowercase. Multivalued keys such as `aws:tagkeys` hold a list. */
export type ContextValues = Readonly<Record<string, string | readonly string[]>>;

const ONE = Symbol('?');

/** Literal runs and `?`. */
type Segment = readonly (string | typeof ONE)[];

/** A pattern with its variables filled in: segments with a `*` between each two. */
export class Glob {
  readonly segments: readonly Segment[];
  #parts: readonly Glob[] | null = null;

  constructor(segments: readonly Segment[]) {
    this.segments = segments;
  }

  /** The segments of an ARN, at most six. The last one keeps the remaining colons. */
  get arnParts(): readonly Glob[] {
    return (this.#parts ??= splitAtColons(this.segments));
  }
}

type Part = { text: string } | { key: string; fallback: string | null };

export type TextPattern = {
  /** Returns null if a variable has no value. The statement doesn't match then. */
  resolve: (context: ContextValues) => Glob | null;
};

const VARIABLE = /\$\{([^{}]*)\}/g;
const WITH_FALLBACK = /^\s*([^,\s]+)\s*,\s*'([^']*)'\s*$/;
/** `${*}`, `${?}` and `${$}` stand for the character itself. */
const LITERALS: ReadonlySet<string> = new Set(['*', '?', '$']);

/** `hasVariables` is false for policies of version 2008-10-17, which treat `${…}` as literal text. */
export function compileText(text: string, { hasVariables }: { hasVariables: boolean }): TextPattern {
  if (!hasVariables || !text.includes('${')) {
    const glob = parseGlob(text);
    return { resolve: () => glob };
  }
  const parts = splitParts(text);
  return {
    resolve: (context) => {
      const builder = new GlobBuilder();
      for (const part of parts) {
        if ('text' in part) {
          builder.addPattern(part.text);
          continue;
        }
        const value = LITERALS.has(part.key) ? part.key : (singleValue(context[part.key]) ?? part.fallback);
        if (value === null) return null;
        // Wildcards in a substituted value are literal characters.
        builder.addLiteral(value);
      }
      return builder.build();
    },
  };
}

const WILDCARDS = /[*?]/;

class GlobBuilder {
  #segment: (string | typeof ONE)[] = [];
  readonly #segments: Segment[] = [this.#segment];

  addLiteral(text: string): void {
    if (text === '') return;
    const last = this.#segment.at(-1);
    if (typeof last === 'string') this.#segment[this.#segment.length - 1] = last + text;
    else this.#segment.push(text);
  }

  addPattern(text: string): void {
    if (!WILDCARDS.test(text)) return this.addLiteral(text);
    for (const run of text.split(/([*?])/)) {
      if (run === '?') this.#segment.push(ONE);
      else if (run === '*') {
        this.#segment = [];
        this.#segments.push(this.#segment);
      } else this.addLiteral(run);
    }
  }

  build(): Glob {
    return new Glob(this.#segments);
  }
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
  return matchGlob(parseGlob(pattern), text);
}

export function hasWildcards(text: string): boolean {
  return WILDCARDS.test(text);
}

function parseGlob(text: string): Glob {
  const builder = new GlobBuilder();
  builder.addPattern(text);
  return builder.build();
}

/** Turns a pattern back into text, with wildcards as literal characters. */
export function toLiteral({ segments }: Glob): string {
  return segments.map((segment) => segment.map((run) => (run === ONE ? '?' : run)).join('')).join('*');
}

/** Matches the whole text, case-sensitively, in at most `pattern × text` steps. */
export function matchGlob({ segments }: Glob, text: string): boolean {
  const [first = [], ...others] = segments;
  let at = matchAt(first, text, 0);
  const last = others.pop();
  if (last === undefined) return at === text.length;
  if (at < 0) return false;
  for (const segment of others) {
    at = findEnd(segment, text, at);
    if (at < 0) return false;
  }
  const lastStart = text.length - lengthOf(last);
  return lastStart >= at && matchAt(last, text, lastStart) >= 0;
}

/** Where a segment ends that starts here, or -1. */
function matchAt(segment: Segment, text: string, start: number): number {
  let at = start;
  for (const run of segment) {
    if (run === ONE) {
      if (at >= text.length) return -1;
      at += 1;
    } else {
      if (!text.startsWith(run, at)) return -1;
      at += run.length;
    }
  }
  return at;
}

/** Where the first occurrence of a segment ends, or -1. */
function findEnd(segment: Segment, text: string, start: number): number {
  const [run = '', ...more] = segment;
  if (more.length === 0 && run !== ONE) {
    const found = text.indexOf(run, start);
    return found < 0 ? -1 : found + run.length;
  }
  for (let at = start; at + lengthOf(segment) <= text.length; at += 1) {
    const end = matchAt(segment, text, at);
    if (end >= 0) return end;
  }
  return -1;
}

function lengthOf(segment: Segment): number {
  let length = 0;
  for (const run of segment) length += run === ONE ? 1 : run.length;
  return length;
}

const ARN_SEGMENTS = 6;

/**
 * Matches a Resource element against the ARN of a request, segment by segment. If the pattern has fewer than six
 * segments, its last one matches the rest, so `arn:aws:ecr:*` covers all of ECR. Actions without a resource request
 * `*`, which only `*` matches.
 */
export function matchResource(glob: Glob, resource: string): boolean {
  if (toLiteral(glob) === '*') return true;
  const patterns = glob.arnParts;
  return matchSegments(patterns, splitArn(resource, patterns.length));
}

/** Matches like the `Arn…` operators, which require all six segments on both sides. */
export function matchArn({ arnParts: patterns }: Glob, arn: string): boolean {
  const segments = splitArn(arn, ARN_SEGMENTS);
  return patterns.length === ARN_SEGMENTS && segments.length === ARN_SEGMENTS && matchSegments(patterns, segments);
}

function matchSegments(patterns: readonly Glob[], segments: string[]): boolean {
  if (patterns.length !== segments.length) return false;
  return patterns.every((pattern, index) => matchGlob(pattern, segments[index] ?? ''));
}

/** Splits into at most `count` segments. The last one keeps the remaining colons. */
function splitArn(arn: string, count: number): string[] {
  const segments = arn.split(':');
  const head = segments.slice(0, count - 1);
  return segments.length < count ? segments : [...head, segments.slice(count - 1).join(':')];
}

function splitAtColons(segments: readonly Segment[]): Glob[] {
  let part: (string | typeof ONE)[][] = [[]];
  const parts = [part];
  const add = (run: string | typeof ONE) => {
    if (run !== '') part.at(-1)?.push(run);
  };
  for (const [index, segment] of segments.entries()) {
    if (index > 0) part.push([]);
    for (const run of segment) {
      if (run === ONE) {
        add(run);
        continue;
      }
      const texts = run.split(':');
      for (const [at, text] of texts.entries()) {
        if (at > 0 && parts.length === ARN_SEGMENTS) {
          add(
            texts
              .slice(at)
              .map((rest) => `:${rest}`)
              .join(''),
          );
          break;
        }
        if (at > 0) parts.push((part = [[]]));
        add(text);
      }
    }
  }
  return parts.map((inner) => new Glob(inner));
}
