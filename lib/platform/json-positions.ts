// Finds where the values of a JSON text are, for error messages that name a line and a column. JSON.parse doesn't tell.

export type Position = { line: number; column: number };

export type JsonFault = Position & { message: string };

export type JsonPositions = {
  /** Finds the innermost value along a path that the text has. A single value counts as a list of one. */
  find: (path: readonly PropertyKey[]) => Position;
};

/** Recursion ends here, before the call stack does. */
const MAX_DEPTH = 64;
const TOKEN =
  /[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

type Token = { text: string; at: number };

/** Where an object has a key, a list an item. */
type Place = { at: number; members: Map<string, Place> };

/** Reads the structure of a text. A duplicate key counts as a fault, because readers disagree on which one counts. */
export function readJsonPositions(text: string): JsonPositions | JsonFault {
  const reader = new Reader(text);
  try {
    const root = reader.readAll();
    return {
      find: (path) => {
        let place = root;
        for (const name of path) {
          const inner = place.members.get(String(name));
          if (inner) place = inner;
          else if (name !== 0) break;
        }
        return toPosition(text, place.at);
      },
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...toPosition(text, error.at), message: error.message };
  }
}

export function isFault(read: JsonPositions | JsonFault): read is JsonFault {
  return 'message' in read;
}

function toPosition(text: string, at: number): Position {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - lineStart + 1 };
}

class Fault extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

class Reader {
  readonly #text: string;
  #next = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(): Place {
    const root = this.#readValue(this.#take(), 0);
    this.#skipSpace();
    if (this.#next < this.#text.length) throw new Fault('The JSON ends before this.', this.#next);
    return root;
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#next;
    SPACE.exec(this.#text);
    this.#next = SPACE.lastIndex;
  }

  #take(): Token {
    this.#skipSpace();
    const at = this.#next;
    TOKEN.lastIndex = at;
    const [text] = TOKEN.exec(this.#text) ?? [];
    if (text === undefined) {
      throw new Fault(at >= this.#text.length ? 'The JSON ends too early.' : 'This is not valid JSON.', at);
    }
    this.#next = at + text.length;
    return { text, at };
  }

  #expect(...allowed: string[]): string {
    const { text, at } = this.#take();
    if (allowed.includes(text)) return text;
    throw new Fault(`Expected ${allowed.map((one) => `"${one}"`).join(' or ')} here.`, at);
  }

  #readValue({ text, at }: Token, depth: number): Place {
    if (depth > MAX_DEPTH) throw new Fault('This is nested too deeply.', at);
    if (text === '{') return this.#readObject(at, depth);
    if (text === '[') return this.#readList(at, depth);
    if ('}],:'.includes(text)) throw new Fault('Expected a value here.', at);
    return { at, members: new Map() };
  }

  #readObject(at: number, depth: number): Place {
    const members = new Map<string, Place>();
    for (let token = this.#take(); members.size > 0 || token.text !== '}'; token = this.#take()) {
      if (!token.text.startsWith('"')) throw new Fault('Expected a name in double quotes here.', token.at);
      const name = JSON.parse(token.text) as string;
      if (members.has(name)) throw new Fault(`"${name}" appears twice.`, token.at);
      this.#expect(':');
      members.set(name, { ...this.#readValue(this.#take(), depth + 1), at: token.at });
      if (this.#expect(',', '}') === '}') break;
    }
    return { at, members };
  }

  #readList(at: number, depth: number): Place {
    const members = new Map<string, Place>();
    for (let token = this.#take(); members.size > 0 || token.text !== ']'; token = this.#take()) {
      members.set(String(members.size), this.#readValue(token, depth + 1));
      if (this.#expect(',', ']') === ']') break;
    }
    return { at, members };
  }
}
