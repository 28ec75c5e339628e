import type { ShownRepositoryKey } from '#lib/repositories/own/find-repository-key.ts';
import { Notice } from '../ui/notice.tsx';

export function RepositoryEncryption({ repositoryKey }: { repositoryKey: ShownRepositoryKey | null }) {
  if (!repositoryKey)
    return <p className="text-sm text-muted">Layers are encrypted as this site encrypts all layers.</p>;
  const { arn, problem } = repositoryKey;
  return (
    <div className="flex max-w-2xl flex-col gap-3 text-sm">
      <p>
        Layers are encrypted with the KMS key <code className="font-mono break-all">{arn}</code>
      </p>
      {problem !== null && <Notice tone="warning">{problem}</Notice>}
    </div>
  );
}
