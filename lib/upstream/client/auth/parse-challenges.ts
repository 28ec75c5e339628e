// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 (WWW-Authenticate), from a server that may be hostile.

/** `scheme` and the names of parameters are in lower case. */
export type Challenge = { scheme: string; parameters: Map<string, string> };

const MAX_LENGTH = 8_192;
const MAX_CHALLENGES = 8;
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
// The two alternatives never match the same character, so this can't backtrack.
const QUOTED = /"((?:[\t\x20\x21\x23-\x5b\x5d-\x7e]|\\[\t\x20-\x7e])*)"/y;
const TOKEN68 = /[0-9A-Za-z._~+/-]+=*(?=[ \t]*(?:,|$))/y;
const SEPARATOR = /[ \t,]*/y;
const EQUALS = /[ \t]*=[ \t]*/y;

/** Parses challenges up to the first malformed one. A repeated parameter makes a challenge malformed. */
export function parseChallenges(header: string | undefined): Challenge[] {
  const challenges: Challenge[] = [];
  const input = new Input(header ?? '');
  if (input.length > MAX_LENGTH) return [];
  while (challenges.length < MAX_CHALLENGES) {
    input.take(SEPARATOR);
    const scheme = input.take(TOKEN)?.[0];
    if (scheme === undefined) return challenges;
    const parameters = readParameters(input);
    if (parameters === null) return challenges;
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
  }
  return challenges;
}

function readParameters(input: Input): Challenge['parameters'] | null {
  const parameters: Challenge['parameters'] = new Map();
  let before = input.at;
  input.take(SEPARATOR);
  // `Negotiate a87421000492aa874209af8bc028==`: a scheme followed by a token68 instead of parameters.
  const start = input.at;
  if (input.take(TOKEN68)?.[0].endsWith('=')) return parameters;
  input.at = start;
  for (;;) {
    const name = input.take(TOKEN)?.[0].toLowerCase();
    if (name === undefined) return input.isAtEnd ? parameters : null;
    if (!input.take(EQUALS)) {
      // This is the scheme of the next challenge.
      input.at = before;
      return parameters;
    }
    const quoted = input.take(QUOTED)?.[1]?.replace(/\\(.)/g, '$1');
    const value = quoted ?? input.take(TOKEN)?.[0];
    if (value === undefined || parameters.has(name)) return null;
    parameters.set(name, value);
    before = input.at;
    const separator = input.take(SEPARATOR)?.[0] ?? '';
    if (input.isAtEnd) return parameters;
    if (!separator.includes(',')) return null;
  }
}

/** A text with a read position. */
class Input {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get length(): number {
    return this.#text.length;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#text.length;
  }

  /**
   * Consumes a match of the sticky expression at the current position. Without a match, returns null and doesn't move.
   */
  take(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.at;
    const match = expression.exec(this.#text);
    if (match) this.at = expression.lastIndex;
    return match;
  }
}
