import type { PolicyDocument, PrincipalElement, Statement } from '../policy-document.ts';
import { formatPrincipal } from './policy-principals.ts';

type Json = string | readonly Json[] | { readonly [name: string]: Json | undefined };

/** Writes a policy as ECR returns it, which differs from what was saved in spaces, in the order of elements and in lists of one. */
export function formatPolicy({ Version, Id, Statement: statements }: PolicyDocument): string {
  return write({ Version, Id, Statement: statements.map(toJson) }, 0);
}

function toJson(statement: Statement): Json {
  const { Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  return {
    Sid,
    Effect,
    Principal: Principal && principalsToJson(Principal),
    NotPrincipal: NotPrincipal && principalsToJson(NotPrincipal),
    Action: Action && oneOrAll(Action),
    NotAction: NotAction && oneOrAll(NotAction),
    Resource: Resource && oneOrAll(Resource),
    NotResource: NotResource && oneOrAll(NotResource),
    Condition: Condition && mapValues(Condition, (keys) => mapValues(keys, oneOrAll)),
  };
}

function principalsToJson({ AWS, Service, Federated }: PrincipalElement): Json {
  const isAnyone = AWS?.length === 1 && AWS[0] === '*' && !Service && !Federated;
  if (isAnyone) return '*';
  return {
    AWS: AWS && oneOrAll(AWS.map(formatPrincipal)),
    Service: Service && oneOrAll(Service),
    Federated: Federated && oneOrAll(Federated),
  };
}

function oneOrAll(texts: readonly string[]): Json {
  const [first = '', ...more] = texts;
  return more.length === 0 ? first : texts;
}

function mapValues<Value>(values: Record<string, Value>, map: (value: Value) => Json): Json {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

/** Spaces like the library that ECR uses. */
function write(value: Json, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isList(value)) return value.length === 0 ? '[ ]' : `[ ${value.map((item) => write(item, depth)).join(', ')} ]`;
  const indent = '  '.repeat(depth + 1);
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [`${indent}${JSON.stringify(name)} : ${write(member, depth + 1)}`],
  );
  return members.length === 0 ? '{ }' : `{\n${members.join(',\n')}\n${'  '.repeat(depth)}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
