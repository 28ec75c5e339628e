import type { KeysConfig } from '#lib/keys/keys-config.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { KeyService, KeyServiceKind, WrappedSecret } from './key-service.ts';
import type { KmsClient } from './kms-client.ts';
import { MasterService } from './master-service.ts';

const SETTINGS: Record<string, string> = { master: 'MASTER_KEY', kms: 'KMS_REGION', vault: 'VAULT_TRANSIT_KEY' };

/** The key services that are configured. One of them wraps, and each unwraps what it has wrapped. */
export class KeyServices {
  readonly current: KeyService;
  /** Null without KMS_REGION. */
  readonly kms: KmsClient | null;
  readonly #services: ReadonlyMap<string, KeyService>;
  readonly #openKey: (keyId: string) => KeyService;

  constructor(
    services: ReadonlyMap<string, KeyService>,
    {
      current,
      kms,
      openKey,
    }: { current: KeyServiceKind; kms: KmsClient | null; openKey: (keyId: string) => KeyService },
  ) {
    const service = services.get(current);
    if (!service) throw new TypeError(`The key service ${current} isn't configured.`);
    this.current = service;
    this.kms = kms;
    this.#services = services;
    this.#openKey = openKey;
  }

  /** @throws AppError as KeyService.unwrap */
  async unwrap(wrapped: WrappedSecret, context: string): Promise<Buffer> {
    return this.#find(wrapped, context).unwrap(wrapped, context);
  }

  /**
   * Wraps again with the newest version of the current key. Resolves to the same object if that wraps it already.
   * @throws AppError as KeyService.unwrap
   */
  async rewrap(wrapped: WrappedSecret, context: string): Promise<WrappedSecret> {
    const service = this.#find(wrapped, context);
    const rewrapped = service === this.current ? await service.rewrap(wrapped, context) : null;
    return rewrapped ?? this.current.wrap(await service.unwrap(wrapped, context), context);
  }

  /** Wraps with a KMS key of a repository. */
  forKmsKey(arn: string): KeyService {
    return this.#openKey(arn);
  }

  /** Whether the current service has wrapped it. */
  serves(wrappedBy: string): boolean {
    return this.#services.get(kindOf(wrappedBy)) === this.current;
  }

  close(): void {
    for (const service of this.#services.values()) service.close();
    this.kms?.close();
  }

  #find({ wrappedBy }: WrappedSecret, context: string): KeyService {
    const kind = kindOf(wrappedBy);
    const service = this.#services.get(kind);
    if (service) return service;
    const setting = SETTINGS[kind] ?? 'its settings';
    const advice = `Set ${setting} again until "npm run vitrine -- keys rewrap" has run.`;
    throw new AppError('unavailable', `The ${context} is protected by ${wrappedBy}. ${advice}`);
  }
}

function kindOf(wrappedBy: string): string {
  return wrappedBy.slice(0, wrappedBy.indexOf(':'));
}

/** Opens the services without calling them. */
export async function openKeyServices(
  { keyService, kms, vault }: Pick<KeysConfig, 'keyService' | 'kms' | 'vault'>,
  masterKeys: MasterKeys,
): Promise<KeyServices> {
  const services = new Map<string, KeyService>([['master', new MasterService(masterKeys)]]);
  let client: KmsClient | null = null;
  let openKey = (keyId: string): KeyService => {
    throw new TypeError(`KMS isn't set, but ${keyId} was asked for.`);
  };
  // Loading the AWS SDK takes a moment, which sites without it are spared.
  if (kms) {
    const [{ KmsClient: Client }, { KmsService }] = await Promise.all([
      import('./kms-client.ts'),
      import('./kms-service.ts'),
    ]);
    const opened = new Client(kms);
    client = opened;
    openKey = (keyId) => new KmsService(opened, keyId);
    // Without a key of its own, it unwraps what names its key.
    services.set('kms', openKey(kms.keyId ?? 'none'));
  }
  if (vault) {
    const [{ VaultClient }, { VaultService }] = await Promise.all([
      import('./vault-client.ts'),
      import('./vault-service.ts'),
    ]);
    services.set('vault', new VaultService(new VaultClient(vault), vault));
  }
  return new KeyServices(services, { current: keyService, kms: client, openKey });
}
