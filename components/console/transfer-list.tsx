import type { FormerNameView, TransferView } from '#lib/repositories/moves/move-queries.ts';
import { ActionForm } from '../forms/action-form.tsx';
import { ButtonForm, ConfirmedButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

type IncomingProps = {
  transfers: TransferView[];
  accept: (transfer: TransferView) => FormAction;
  decline: (transfer: TransferView) => FormAction;
};

/** Offers to the registry, each with what accepting it means. */
export function IncomingTransfers({ transfers, accept, decline }: IncomingProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {transfers.map((transfer) => (
        <li className="flex flex-col gap-3 p-3" key={transfer.id}>
          <div>
            <p className="font-mono font-semibold break-all">{transfer.fullName}</p>
            <p className="text-sm text-muted">
              Offered by {transfer.offeredBy} <TimeAgo date={transfer.createdAt} />. Expires{' '}
              <TimeAgo date={transfer.expiresAt} />. Its storage will count towards your quota, and the members of{' '}
              {transfer.from} lose access.
            </p>
          </div>
          <div className="flex flex-wrap items-end gap-3">
            <ActionForm action={accept(transfer)} button="Accept transfer" className="gap-2" isSmall>
              <TextField
                defaultValue={transfer.fullName.slice(transfer.fullName.indexOf('/') + 1)}
                isCode
                label={`Name after ${transfer.to}/`}
                maxLength={200}
                name="name"
                required
              />
            </ActionForm>
            <ConfirmedButtonForm
              about={transfer.fullName}
              action={decline(transfer)}
              button="Decline transfer"
              summary="Decline"
            />
          </div>
        </li>
      ))}
    </ul>
  );
}

type OutgoingProps = { transfers: TransferView[]; withdraw: ((transfer: TransferView) => FormAction) | null };

export function OutgoingTransfers({ transfers, withdraw }: OutgoingProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {transfers.map((transfer) => (
        <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2" key={transfer.id}>
          <p className="min-w-0 flex-1 basis-60 break-words">
            <span className="font-mono font-semibold break-all">{transfer.fullName}</span> to{' '}
            <span className="font-mono break-all">{transfer.to}</span>
            <span className="block text-sm text-muted">
              Waits for an owner there. Expires <TimeAgo date={transfer.expiresAt} />
            </span>
          </p>
          {withdraw && <ButtonForm about={transfer.fullName} action={withdraw(transfer)} button="Withdraw offer" />}
        </li>
      ))}
    </ul>
  );
}

type FormerNamesProps = { names: FormerNameView[]; end: ((former: FormerNameView) => FormAction) | null };

/** Addresses that redirect. */
export function FormerNames({ names, end }: FormerNamesProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {names.map((former) => (
        <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2" key={former.fullName}>
          <p className="min-w-0 flex-1 basis-60">
            <span className="font-mono font-semibold break-all">{former.fullName}</span>
            <span className="block text-sm break-words text-muted">
              Redirects to{' '}
              <a className="link font-mono break-all" href={`/${former.movedTo}`}>
                {former.movedTo}
              </a>{' '}
              since <TimeAgo date={former.createdAt} />
            </span>
          </p>
          {end && (
            <ConfirmedButtonForm
              about={former.fullName}
              action={end(former)}
              button="End redirect"
              summary="End redirect"
            />
          )}
        </li>
      ))}
    </ul>
  );
}
