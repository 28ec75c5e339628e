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
  /** For keys of repositories. Null without KMS_REGION. */
  readonly kms: KmsClient | null;
  readonly #services: ReadonlyMap<string, KeyService>;

  constructor(
    services: ReadonlyMap<string, KeyService>,
    { current, kms }: { current: KeyServiceKind; kms: KmsClient | null },
  ) {
    const service = services.get(current);
    if (!service) throw new TypeError(`The key service ${current} isn't configured.`);
    this.current = service;
    this.kms = kms;
    this.#services = services;
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
  // Loading the AWS SDK takes a moment, which sites without it are spared.
  if (kms) {
    const [{ KmsClient: Client }, { KmsService }] = await Promise.all([
      import('./kms-client.ts'),
      import('./kms-service.ts'),
    ]);
    client = new Client(kms);
    // Without a key of its own, it unwraps what names its key.
    services.set('kms', new KmsService(client, kms.keyId ?? 'none'));
  }
  if (vault) {
    const [{ VaultClient }, { VaultService }] = await Promise.all([
      import('./vault-client.ts'),
      import('./vault-service.ts'),
    ]);
    services.set('vault', new VaultService(new VaultClient(vault), vault));
  }
  return new KeyServices(services, { current: keyService, kms: client });
}
