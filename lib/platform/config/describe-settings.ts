// Describes the effective settings for operators: where each value comes from, and names that look like typos.
import { isAppError } from '#lib/platform/errors.ts';
import { readVariables, type Environment, type VariableRow } from './variables.ts';

export type SettingOrigin = 'environment' | '.env' | 'file' | 'default';

export type DescribedSetting = {
  name: string;
  /** What is in force, with secrets masked. */
  value: string;
  origin: SettingOrigin;
  /** Why the value is refused, as a sentence. */
  problem: string | null;
};

type Rows = Record<string, VariableRow>;

const MASK = '[hidden]';

/** @param file the variables in `.env`, which the environment overrides */
export function describeSettings(rows: Rows, env: Environment, file: Environment): DescribedSetting[] {
  return Object.entries(rows).map(([name, row]) => {
    const origin = findOrigin(name, row, env, file);
    const value = origin === 'default' ? row.fallback : origin === 'file' ? MASK : show(row, env[name] ?? '');
    return { name, value, origin, problem: findProblem(name, row, env) };
  });
}

function findOrigin(name: string, row: VariableRow, env: Environment, file: Environment): SettingOrigin {
  if (row.isSecret && env[`${name}_FILE`]) return 'file';
  if (!env[name]) return 'default';
  return file[name] === env[name] ? '.env' : 'environment';
}

function show({ isSecret }: VariableRow, value: string): string {
  if (!isSecret) return value;
  const url = URL.parse(value);
  // The host of a database or mail server is worth seeing. Query parameters may hold secrets, too.
  return url?.host
    ? `${url.protocol}//${url.username === '' ? '' : `${url.username}:${MASK}@`}${url.host}${url.pathname}`
    : MASK;
}

function findProblem(name: string, row: VariableRow, env: Environment): string | null {
  try {
    readVariables({ [name]: row }, env);
    return null;
  } catch (error) {
    if (isAppError(error)) return error.message;
    throw error;
  }
}

export type UnknownName = { name: string; meant: string | null };

/** Longer names than this are unlikely to be another program's variable one letter off. */
const MIN_LENGTH = 5;
const MAX_DISTANCE = 2;

/**
 * Finds variables that look like a misspelt setting, and all unknown ones in `.env`, which only Vitrine reads.
 * @param distance counts the edits between two names, Infinity above the maximum
 */
export function findUnknownNames(
  rows: Rows,
  env: Environment,
  { file, distance }: { file: Environment; distance: (a: string, b: string, max: number) => number },
): UnknownName[] {
  const known = Object.entries(rows).flatMap(([name, { isSecret }]) => (isSecret ? [name, `${name}_FILE`] : [name]));
  const isKnown = new Set([...known, ...ALSO_READ]);
  const candidates = [...new Set([...Object.keys(env), ...Object.keys(file)])].filter((name) => !isKnown.has(name));
  return candidates.sort().flatMap((name) => {
    const meant = findMeant(name, known, distance);
    return meant !== null || name in file ? [{ name, meant }] : [];
  });
}

/** Read by Node, OpenTelemetry or the scripts. */
const ALSO_READ = ['NODE_ENV', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'TZ'];

function findMeant(
  name: string,
  known: readonly string[],
  distance: (a: string, b: string, max: number) => number,
): string | null {
  const wanted = name
    .toUpperCase()
    .replace(/^VITRINE_/, '')
    .replaceAll('-', '_');
  if (known.includes(wanted)) return wanted;
  if (wanted.length < MIN_LENGTH) return null;
  const near = known
    .filter((other) => other.length >= MIN_LENGTH)
    .map((other) => ({ other, edits: distance(wanted, other, MAX_DISTANCE) }))
    .filter(({ edits }) => edits <= MAX_DISTANCE)
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.other ?? null;
}
