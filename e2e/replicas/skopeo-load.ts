// Clients that push images and pull them back through the load balancer until they are stopped.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { readLayoutBlobs } from '../clients/read-layout-blobs.ts';
import { buildSampleImage } from '../clients/sample-image.ts';
import { run } from '../run-program.ts';

/** How often a person would retry a broken push. */
const MAX_PUSHES = 10;
/** A pull that breaks off is tried once more. */
const MAX_PULLS = 2;

export type Load = {
  pushes: number;
  pulls: number;
  retries: number;
  errors: string[];
  /** The digest of each tag that was pushed. */
  acknowledged: Map<string, string>;
};

type Options = {
  host: string;
  certificates: string;
  secret: string;
  repository: string;
  folder: string;
  clients: number;
};

/** `end` resolves once all clients are done. `mayRetry` retries failed steps. */
export function startLoad(options: Options, { mayRetry }: { mayRetry: boolean }): { end: () => Promise<Load> } {
  const load: Load = { pushes: 0, pulls: 0, retries: 0, errors: [], acknowledged: new Map() };
  let isEnding = false;
  const attempt: Attempt = async (step, maxTries) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await step();
      } catch (error) {
        if (!mayRetry || tries === maxTries) throw error;
        load.retries += 1;
      }
    }
  };
  const work = async (client: number) => {
    for (let i = 0; !isEnding; i += 1) {
      const folder = join(options.folder, `client-${client}-${i}`);
      mkdirSync(folder);
      try {
        await pushAndPull(options, { folder, tag: `c${client}-${i}`, attempt, load });
      } catch (error) {
        load.errors.push(String(error));
      }
      rmSync(folder, { recursive: true });
    }
  };
  const working = Array.from({ length: options.clients }, (_, client) => work(client));
  return {
    end: async () => {
      isEnding = true;
      await Promise.all(working);
      return load;
    },
  };
}

type Attempt = (step: () => Promise<unknown>, maxTries: number) => Promise<unknown>;
type Step = { folder: string; tag: string; attempt: Attempt; load: Load };

async function pushAndPull({ host, certificates, secret, repository }: Options, { folder, tag, attempt, load }: Step) {
  const target = `docker://${host}/${repository}:${tag}`;
  const image = await buildSampleImage();
  await writeOciLayout(join(folder, 'in'), image, tag);
  const push = ['copy', `--dest-cert-dir=${certificates}`, `--dest-creds=token:${secret}`];
  await attempt(() => run('skopeo', [...push, `oci:${folder}/in:${tag}`, target]), MAX_PUSHES);
  load.pushes += 1;
  load.acknowledged.set(tag, image.digest);
  const pull = ['copy', `--src-cert-dir=${certificates}`, '--src-no-creds', target];
  await attempt(() => {
    rmSync(join(folder, 'out'), { recursive: true, force: true });
    return run('skopeo', [...pull, `oci:${folder}/out:${tag}`]);
  }, MAX_PULLS);
  const [sent, received] = [readLayoutBlobs(join(folder, 'in')), readLayoutBlobs(join(folder, 'out'))];
  if (!isDeepStrictEqual(sent, received)) throw new Error(`${tag} was pulled back with different bytes`);
  load.pulls += 1;
}
