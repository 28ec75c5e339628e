// A policy's JSON as the fields of a form. What a form can't show stays as it is.

export type PolicyBlock = Readonly<Record<string, unknown>>;
type ParsedPolicy = Readonly<Record<string, unknown>> & { Statement: PolicyBlock[] };

export type ConditionRow = { operator: string; key: string; values: string[] };

/** The two spellings of a statement's part, such as `Action` and `NotAction`. */
export type PartName = 'Principal' | 'Action' | 'Resource';

const NEW_POLICY = { Version: '2012-10-17', Statement: [] };

/** Null unless the text is a JSON object with statements. */
export function readBlocks(text: string): PolicyBlock[] | null {
  return parse(text)?.Statement ?? null;
}

/** Replaces the statements and keeps the rest of the policy. */
export function writeBlocks(text: string, blocks: readonly PolicyBlock[]): string {
  return JSON.stringify({ ...(parse(text) ?? NEW_POLICY), Statement: blocks }, null, 2);
}

function parse(text: string): ParsedPolicy | null {
  if (text.trim() === '') return NEW_POLICY;
  try {
    const policy: unknown = JSON.parse(text);
    if (!isObject(policy)) return null;
    const { Statement } = policy;
    // IAM takes a single statement without its list.
    const blocks = isObject(Statement) ? [Statement] : Statement;
    return Array.isArray(blocks) && blocks.every(isObject) ? { ...policy, Statement: blocks } : null;
  } catch {
    return null;
  }
}

export function newBlock(parts: readonly PartName[]): PolicyBlock {
  return { Effect: 'Allow', ...Object.fromEntries(parts.map((part) => [part, []])) };
}

/** The name that the statement uses for a part. */
export function partIn(block: PolicyBlock, part: PartName): PartName | `Not${PartName}` {
  return `Not${part}` in block ? `Not${part}` : part;
}

/** Lines of a part's values. Null if a form can't show them, as principals that aren't accounts of AWS. */
export function readLines(block: PolicyBlock, part: PartName): string[] | null {
  const value = block[partIn(block, part)];
  if (value === undefined) return [];
  if (part !== 'Principal' || !isObject(value)) return toList(value);
  const kinds = Object.keys(value);
  if (kinds.some((kind) => kind !== 'AWS')) return null;
  return toList(value['AWS'] ?? []);
}

/** `isNot`: the statement covers everything except the values. */
export function writeLines(
  block: PolicyBlock,
  part: PartName,
  { lines, isNot }: { lines: readonly string[]; isNot: boolean },
): PolicyBlock {
  const used = partIn(block, part);
  const wanted = isNot ? (`Not${part}` as const) : part;
  const list = lines.length === 1 ? lines[0] : lines;
  const value = part === 'Principal' && list !== '*' ? { AWS: list } : list;
  // The part keeps its place.
  const entries = Object.entries(block).map(([name, old]) => (name === used ? [wanted, value] : [name, old]));
  const changed = Object.fromEntries(entries) as PolicyBlock;
  return wanted in changed ? changed : { ...changed, [wanted]: value };
}

/** Null if the conditions aren't as IAM writes them. */
export function readConditions({ Condition }: PolicyBlock): ConditionRow[] | null {
  if (Condition === undefined) return [];
  if (!isObject(Condition)) return null;
  const rows: ConditionRow[] = [];
  for (const [operator, tests] of Object.entries(Condition)) {
    if (!isObject(tests)) return null;
    for (const [key, value] of Object.entries(tests)) {
      const values = toList(value);
      if (values === null) return null;
      rows.push({ operator, key, values });
    }
  }
  return rows;
}

export function writeConditions(block: PolicyBlock, rows: readonly ConditionRow[]): PolicyBlock {
  const Condition: Record<string, Record<string, string | string[]>> = {};
  for (const { operator, key, values } of rows) {
    const [first = '', ...others] = values;
    (Condition[operator] ??= {})[key] = others.length > 0 ? values : first;
  }
  const { Condition: _old, ...others } = block;
  return rows.length > 0 ? { ...others, Condition } : others;
}

/** Sets or, without a value, removes a text such as `Sid`. */
export function writeText(block: PolicyBlock, name: string, value: string): PolicyBlock {
  const { [name]: _old, ...others } = block;
  return value === '' ? others : { [name]: value, ...others };
}

function toList(value: unknown): string[] | null {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
    ? list.map(String)
    : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
