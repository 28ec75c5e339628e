import type { ShownRepositoryKey } from '#lib/repositories/own/find-repository-key.ts';
import { Notice } from '../ui/notice.tsx';

type RepositoryEncryptionProps = {
  repositoryKey: ShownRepositoryKey | null;
  /** The site encrypts what it stores. */
  isSealing: boolean;
};

export function RepositoryEncryption({ repositoryKey, isSealing }: RepositoryEncryptionProps) {
  if (!repositoryKey) {
    const sentence = isSealing
      ? 'New layers are encrypted with the key of this site (AES256).'
      : 'This site doesn’t encrypt new layers itself. Its operator may encrypt the storage.';
    return <p className="text-sm text-muted">{sentence}</p>;
  }
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
