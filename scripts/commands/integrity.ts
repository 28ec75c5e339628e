import { AppError } from '#lib/platform/errors.ts';
import { scrubBlobs } from '#lib/distribution/integrity/scrub-blobs.ts';
import { verifyStore, type StoreProblem } from '#lib/distribution/integrity/verify-store.ts';
import { formatBytes } from '#components/ui/format-number.ts';
import { print, withApp, type Command, type OptionValues } from './command.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;

/** Exit code of a run that found something: 1 is for runs that failed. */
const FOUND_PROBLEMS = 2;

export const scrubCommand: Command = {
  summary:
    'Hashes stored blobs again; what is damaged is served to nobody until it is pushed again. Exit code 2: some are',
  options: {
    days: {
      value: 'DAYS',
      doc: 'Those that were not hashed for so many days; 0: all (default 7). Stopped, it goes on from there',
    },
    rate: { value: 'MB', doc: 'Megabytes a second at most (default 100)' },
  },
  flags: { confirm: 'Marks more than a tenth of all blobs as damaged, if that many are' },
  run: async (values) => {
    const before = new Date(Date.now() - readNumber(values, 'days', 7, 0) * DAY_MS);
    const bytesPerSecond = readNumber(values, 'rate', 100, 0.001) * MIB;
    const onProgress = (done: { blobs: number; bytes: number }) =>
      process.stderr.write(`  ${done.blobs} blobs, ${formatBytes(done.bytes)}\n`);
    const options = { before, bytesPerSecond, onProgress, isConfirmed: values.confirm === true };
    const scrub = await withApp((app) => scrubBlobs(app, options));
    const { blobs, bytes, missing, corrupt, repaired } = scrub;
    print(values, { ...scrub }, [
      `${blobs} blobs hashed, ${formatBytes(bytes)}: ${missing} missing, ${corrupt} corrupt, ${repaired} right again.`,
      ...(scrub.pause === null ? [] : [`Stopped: ${scrub.pause}`]),
      ...scrub.damaged.map(({ digest, damage }) => `  ${damage.padEnd(8)} ${digest}`),
    ]);
    if (missing + corrupt > 0 || scrub.pause !== null) process.exitCode = FOUND_PROBLEMS;
  },
};

export const verifyCommand: Command = {
  summary: 'Compares the rows with the store: is every blob there, has every manifest what it names? Exit code 2: no',
  options: {},
  run: async (values) => {
    const verification = await withApp(verifyStore);
    const { blobs, manifests, missing, wrongSize, unlinked, problems } = verification;
    const isSound = missing + wrongSize + unlinked === 0;
    print(values, { ok: isSound, ...verification }, [
      `${blobs} blobs: ${missing} missing, ${wrongSize} of another size.`,
      `${manifests} manifests: ${unlinked} of the blobs they name are not in their repository.`,
      ...problems.map((problem) => `  ${describe(problem)}`),
    ]);
    if (!isSound) process.exitCode = FOUND_PROBLEMS;
  },
};

function describe(problem: StoreProblem): string {
  if (problem.problem === 'missing') return `${problem.digest} is not in the store`;
  if (problem.problem === 'wrong_size') return `${problem.digest} has another size in the store`;
  return `${problem.repository}@${problem.manifest} names ${problem.digest}, which its repository does not have`;
}

function readNumber(values: OptionValues, name: string, fallback: number, min: number): number {
  const value = values[name] === undefined ? fallback : Number(values[name]);
  if (Number.isFinite(value) && value >= min) return value;
  throw new AppError('invalid_input', `--${name} must be a number, ${min} or more.`);
}
