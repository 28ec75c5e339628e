// Defines each operation as data: the shapes of its request and response, its errors and its handler. The edge derives the
// checks from it, and a test compares it with the API's model.
import type { z } from 'zod';
import type { Action } from '#lib/access/actions.ts';
import type { KeyHolder } from '#lib/identity/access-keys/find-key-holder.ts';
import type { Membership, UserCaller } from '#lib/access/schema.ts';
import type { AwsApp } from './aws-app.ts';

export type AwsService = 'ecr' | 'ecr-public' | 'sts';

/** `errors` has those that only some operations raise. */
export type OperationShape = { input: z.ZodType; output: z.ZodType; errors: readonly string[] };
export type OperationShapes = Record<string, OperationShape>;

/** The registry that a call is about. */
export type AddressedRegistry = {
  /** As the call names it. */
  named: string | undefined;
  registryKey: bigint;
  membership: Membership;
  alias: string;
};

/** One authenticated request. */
export type Call = {
  service: AwsService;
  /** `ecr:DescribeImages`. */
  action: Action;
  caller: UserCaller;
  /** The key that signed it, and its registry. */
  holder: KeyHolder;
  /** The key's own registry, unless the call names another one. */
  registry: AddressedRegistry;
  /** When the credentials expire, or null. */
  credentialEnd: Date | null;
  /** The site's address as the client reaches it. */
  baseUrl: string;
};

export type AwsOperation = {
  service: AwsService;
  name: string;
  shape: OperationShape;
  handle: (app: AwsApp, call: Call, input: unknown) => Promise<unknown>;
};

type Handlers<Group extends OperationShapes> = {
  [Name in keyof Group]: (
    app: AwsApp,
    call: Call,
    input: z.output<Group[Name]['input']>,
  ) => Promise<z.input<Group[Name]['output']>>;
};

export function defineOperations<Group extends OperationShapes>(
  service: AwsService,
  shapes: Group,
  handlers: Handlers<Group>,
): AwsOperation[] {
  return Object.entries(shapes).map(([name, shape]) => ({
    service,
    name,
    shape,
    // The only erasure of types. It is safe because the edge parses with the shapes that the types come from.
    handle: handlers[name] as AwsOperation['handle'],
  }));
}
