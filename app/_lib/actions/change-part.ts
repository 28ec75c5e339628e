// What the actions of robots, roles and teams share. The page binds each to its registry and part. The use cases authorize.
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/forms/form-state.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { requireCaller } from '../session/session.ts';
import { parseBound, parseBoundKey } from './bound-arguments.ts';
import { runAction } from './run-action.ts';

/** `registryId` is for links only. */
export type BoundRegistry = { registryKey: bigint; registryId: string };
export type BoundPart = BoundRegistry & { name: string };

export function parseBoundRegistry({ registryKey, registryId }: BoundRegistry): BoundRegistry {
  return { registryKey: parseBoundKey(registryKey), registryId: parseBound(z.string(), registryId) };
}

export function parseBoundPart({ name, ...registry }: BoundPart): BoundPart {
  return { ...parseBoundRegistry(registry), name: parseBound(z.string(), name) };
}

type Work<Value> = (caller: UserCaller, part: { registryKey: bigint; name: string }) => Promise<Value>;
type Asked = {
  /** The list's page, which is loaded again. */
  at: string;
  bound: BoundPart;
  form: FormData;
};

/** Runs a use case about a part of a registry, and answers with what it returns. */
export async function askPart<Value>({ at, bound, form }: Asked, work: Work<Value>): Promise<FormState<Value>> {
  const { registryKey, name } = parseBoundPart(bound);
  const caller = await requireCaller(at);
  const result = await runAction(form, () => work(caller, { registryKey, name }));
  revalidatePath(at, 'layout');
  return result;
}

export async function changePart(asked: Asked, work: Work<unknown>): Promise<FormState> {
  return askPart<undefined>(asked, async (caller, part) => void (await work(caller, part)));
}
