// deploy/compose.yaml, by the loader that docker compose uses.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { VARIABLES } from '#lib/config.ts';
import { findGoTool } from '../clients/go-tools.ts';
import { withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';
import { expectAccepted, listUnknownSettings } from './check-manifests.ts';

const loader = await findGoTool('compose-spec');
const DEPLOY = join(import.meta.dirname, '../../deploy');
const EXAMPLE = parseEnv(readFileSync(join(DEPLOY, 'compose.env.example'), 'utf8')) as Record<string, string>;
/** For compose itself and for the other servers. */
const OF_COMPOSE = ['BIND', 'COMPOSE_PROFILES', 'POSTGRES_PASSWORD', 'VITRINE_IMAGE'];

type Service = {
  image: string;
  environment: Record<string, string>;
  profiles?: string[];
  read_only?: boolean;
  ports?: { host_ip: string; target: number; published: string }[];
  depends_on?: Record<string, { condition: string; required: boolean }>;
};

/** The loader knows no environment: variables have their defaults, or stay as they are written. */
async function load(options: string[] = []): Promise<Record<string, Service>> {
  return withFolder(async (folder) => {
    cpSync(join(DEPLOY, 'compose.yaml'), join(folder, 'compose.yaml'));
    cpSync(join(DEPLOY, 'compose.env.example'), join(folder, '.env'));
    const text = await run(loader.path ?? '', ['-format', 'json', ...options, join(folder, 'compose.yaml')]);
    return (JSON.parse(text) as { services: Record<string, Service> }).services;
  });
}

describe.skipIf(loader.absent !== null)(`compose${loader.absent ? ` (skipped: ${loader.absent})` : ''}`, () => {
  test('starts one container by default, with its state in a volume', async () => {
    const services = await load();
    const started = Object.keys(services).filter((name) => services[name]?.profiles === undefined);
    expect(started).toEqual(['vitrine']);
    expect(services.vitrine).toMatchObject({
      read_only: true,
      // A published port is open to everyone, past the host's firewall.
      ports: [{ host_ip: '127.0.0.1', target: 3000, published: '3000' }],
      environment: { PUBLIC_URL: 'http://localhost:3000', DATA_DIR: '/data' },
    });
  });

  test('adds the servers of the profiles, with the passwords of the example', async () => {
    const services = await load(['-no-interpolation']);
    const profiles = EXAMPLE.COMPOSE_PROFILES?.split(',') ?? [];
    expect(Object.values(services).flatMap((service) => service.profiles ?? [])).toEqual(
      expect.arrayContaining(profiles),
    );
    for (const profile of profiles) {
      expect(services.vitrine?.depends_on?.[profile]?.required).toBe(false);
      expect(services[profile]?.image).toMatch(/:v?\d+(?:\.\d+)*$/);
    }
    const passwords = [services.database, services.search, services.s3].map((service) => service?.environment);
    expect(passwords).toMatchObject([
      { POSTGRES_PASSWORD: '${POSTGRES_PASSWORD:-}' },
      { MEILI_MASTER_KEY: '${MEILI_KEY:-}' },
      { ROOT_ACCESS_KEY: '${S3_ACCESS_KEY_ID:-}', ROOT_SECRET_KEY: '${S3_SECRET_ACCESS_KEY:-}' },
    ]);
  });

  test('uses settings that exist, and variables that the example explains', async () => {
    const services = await load();
    const names = [...Object.keys(services.vitrine?.environment ?? {}), ...Object.keys(EXAMPLE)];
    expect(listUnknownSettings(names.filter((name) => !OF_COMPOSE.includes(name)))).toEqual([]);
    expectAccepted({ ...EXAMPLE, DATABASE_URL: EXAMPLE.DATABASE_URL?.replace('${POSTGRES_PASSWORD}', 'x') ?? '' });
    const text = readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8');
    const explained = [...Object.keys(EXAMPLE), ...OF_COMPOSE, ...Object.keys(VARIABLES)];
    const used = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
    expect(used.filter((name) => !explained.includes(name))).toEqual([]);
  });
});
