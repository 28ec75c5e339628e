import { NO_REQUEST, SYSTEM } from '#lib/access/schema.ts';
import { explainAccess } from '#lib/repositories/simulator/explain-access.ts';
import { listPrincipals } from '#lib/repositories/simulator/list-principals.ts';
import type { App } from '#lib/app.ts';
import { print, required, withApp, type Command, type OptionValues } from './command.ts';

const CIRCUMSTANCES = {
  address: { value: 'IP', doc: "The client's IP address" },
  at: { value: 'TIME', doc: 'ISO 8601 (default: now)' },
  'user-agent': { value: 'TEXT', doc: "The client's user agent" },
};
const REPOSITORY = { value: 'ALIAS/NAME', doc: 'The repository', isRequired: true };
const ACTION = { value: 'ACTION', doc: 'pull, push, delete, or an action such as ecr:PutImage', isRequired: true };
const PRINCIPAL = {
  value: 'WHO',
  doc: "A member's email address, a robot, a registry's 12 digits, an ARN, * or anonymous",
  isRequired: true,
};

export const explainAccessCommand: Command = {
  summary: 'Explain whether somebody may do something with a repository',
  options: { repository: REPOSITORY, principal: PRINCIPAL, action: ACTION, ...CIRCUMSTANCES },
  run: async (values) => {
    const asked = { ...readQuestion(values), principal: required(values, 'principal') };
    const explained = await withApp((app) => explainAccess(app, { ...asked, caller: operatorOf(app) }));
    const { isAllowed, reason, advice, near } = explained;
    print(values, { ...explained, at: explained.at.toISOString() }, [
      `${isAllowed ? 'Yes' : 'No'}. ${reason}`,
      ...(advice === null ? [] : [advice]),
      ...near.map(({ sentence }) => `- ${sentence}`),
    ]);
  },
};

export const listAccessCommand: Command = {
  summary: 'List who may do something with a repository',
  options: { repository: REPOSITORY, action: ACTION, ...CIRCUMSTANCES },
  run: async (values) => {
    const asked = readQuestion(values);
    const list = await withApp((app) => listPrincipals(app, { ...asked, caller: operatorOf(app) }));
    print(
      values,
      list,
      list.principals.map(({ isAllowed, principal, reason }) => `${isAllowed ? 'Yes' : 'No '} ${principal}: ${reason}`),
    );
  },
};

function operatorOf({ config }: App) {
  return { principal: SYSTEM, context: { ...NO_REQUEST, site: config.site } };
}

function readQuestion(values: OptionValues) {
  const { address, at, 'user-agent': userAgent } = values;
  return {
    fullName: required(values, 'repository'),
    action: required(values, 'action'),
    address: textOf(address),
    at: textOf(at),
    userAgent: textOf(userAgent),
  };
}

function textOf(value: OptionValues[string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
