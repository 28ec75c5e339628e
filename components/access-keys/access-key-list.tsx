import type { AccessKeyView, HeldKey } from '#lib/identity/access-keys/list-access-keys.ts';
import { ButtonForm, ConfirmedButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { Chip } from '../ui/chip.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

export type AccessKeyActions = {
  switchTo: (accessKeyId: string, isEnabled: boolean) => FormAction;
  remove: (accessKeyId: string) => FormAction;
};

const SERVICES: Record<string, string> = {
  ecr: 'Amazon ECR API',
  'ecr-public': 'Amazon ECR Public API',
  sts: 'STS',
  registry: 'pulls and pushes',
};

/** The page of a robot lists its keys without their holder. */
type ListedKey = HeldKey & Partial<Pick<AccessKeyView, 'email' | 'isOwn'>>;
type AccessKeyListProps = { accessKeys: ListedKey[]; actions: AccessKeyActions };

export function AccessKeyList({ accessKeys, actions }: AccessKeyListProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {accessKeys.map((key) => (
        <Item accessKey={key} actions={actions} key={key.accessKeyId} />
      ))}
    </ul>
  );
}

function Item({ accessKey, actions }: { accessKey: ListedKey; actions: AccessKeyActions }) {
  const { accessKeyId, email, isOwn, createdAt, expiresAt, disabledAt } = accessKey;
  const isEnabled = disabledAt === null;
  const holder = isOwn ? 'Yours' : email;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 p-3">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-mono font-semibold break-all">{accessKeyId}</span>
          <State accessKey={accessKey} />
        </p>
        <p className="text-sm break-words text-muted">
          {holder !== undefined && `${holder} · `}Created <TimeAgo date={createdAt} />
          {expiresAt && (
            <>
              {' '}
              · {expiresAt < new Date() ? 'Expired' : 'Expires'} <TimeAgo date={expiresAt} />
            </>
          )}
        </p>
        <p className="text-sm break-words text-muted">
          <LastUse accessKey={accessKey} />
        </p>
      </div>
      <div className="flex flex-wrap items-start gap-2">
        <ButtonForm
          about={accessKeyId}
          action={actions.switchTo(accessKeyId, !isEnabled)}
          button={isEnabled ? 'Disable' : 'Enable'}
        />
        <ConfirmedButtonForm
          about={accessKeyId}
          action={actions.remove(accessKeyId)}
          button="Delete access key"
          summary="Delete"
          warning="Clients that use it stop working immediately."
        />
      </div>
    </li>
  );
}

function State({ accessKey: { disabledAt, expiresAt } }: { accessKey: HeldKey }) {
  if (expiresAt && expiresAt < new Date()) return <Chip tone="warning">Expired</Chip>;
  return disabledAt ? <Chip tone="warning">Disabled</Chip> : <Chip>Enabled</Chip>;
}

function LastUse({ accessKey }: { accessKey: HeldKey }) {
  const { lastUsedAt, lastUsedService: service, lastUsedAddress: address } = accessKey;
  if (!lastUsedAt) return 'Never used';
  return (
    <>
      Last used <TimeAgo date={lastUsedAt} />
      {service && ` for ${SERVICES[service] ?? service}`}
      {address && ` from ${address}`}
    </>
  );
}
