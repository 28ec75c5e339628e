import type { TransferView } from '#lib/repositories/moves/move-queries.ts';
import { ActionForm } from '../forms/action-form.tsx';
import { ButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

type TransferFormProps = { offer: FormAction };

export function TransferForm({ offer }: TransferFormProps) {
  return (
    <ActionForm
      action={offer}
      button="Offer transfer"
      className="gap-3"
      fold={{ summary: 'Transfer …', className: 'mt-3 max-w-xl' }}
      tone="danger"
    >
      <TextField
        hint="An owner there has 7 days to accept. Until then, nothing changes"
        isCode
        label="Alias of the other registry"
        maxLength={100}
        name="to"
        required
      />
    </ActionForm>
  );
}

type OpenTransferProps = { transfer: TransferView; withdraw: FormAction | null };

/** The offer that waits for the other side. */
export function OpenTransfer({ transfer, withdraw }: OpenTransferProps) {
  const { to, offeredBy, createdAt, expiresAt } = transfer;
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-md border border-warning bg-warning-soft px-3 py-2">
      <p className="min-w-0">
        Offered to <span className="font-mono font-semibold break-all">{to}</span> by {offeredBy}{' '}
        <TimeAgo date={createdAt} />. The offer expires <TimeAgo date={expiresAt} />.
      </p>
      {withdraw && <ButtonForm action={withdraw} button="Withdraw offer" />}
    </div>
  );
}
