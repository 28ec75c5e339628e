import { AppError } from '#lib/platform/errors.ts';
import { scrubBlobs } from '#lib/distribution/integrity/scrub-blobs.ts';
import { verifyStore, type StoreProblem } from '#lib/distribution/integrity/verify-store.ts';
import { formatBytes } from '#components/ui/format-number.ts';
import { print, withApp, type Command, type OptionValues } from '../command.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;

/** Exit code of a run that found problems. 1 means the run itself failed. */
const FOUND_PROBLEMS = 2;

export const scrubCommand: Command = {
  summary: 'Hash stored blobs and stop serving damaged ones. Exit code 2: found damage',
  options: {
    days: {
      value: 'DAYS',
      doc: 'Only blobs last hashed more than DAYS days ago (default 7; 0: all). An interrupted run resumes',
    },
    rate: { value: 'MB', doc: 'Read rate limit in MB/s (default 100)' },
  },
  flags: { confirm: 'Allow marking more than a tenth of all blobs as damaged' },
  run: async (values) => {
    const before = new Date(Date.now() - readNumber(values, 'days', 7, 0) * DAY_MS);
    const bytesPerSecond = readNumber(values, 'rate', 100, 0.001) * MIB;
    const onProgress = (done: { blobs: number; bytes: number }) =>
      process.stderr.write(`  ${done.blobs} blobs, ${formatBytes(done.bytes)}\n`);
    const options = { before, bytesPerSecond, onProgress, isConfirmed: values.confirm === true };
    const scrub = await withApp((app) => scrubBlobs(app, options));
    const { blobs, bytes, missing, corrupt, repaired, unreadable } = scrub;
    print(values, { ...scrub }, [
      `${blobs} blobs hashed, ${formatBytes(bytes)}: ${missing} missing, ${corrupt} corrupt, ${repaired} repaired.`,
      ...(unreadable > 0 ? [`${unreadable} were skipped, because their KMS key can't be used.`] : []),
      ...(scrub.pause === null ? [] : [`Stopped: ${scrub.pause}`]),
      ...scrub.damaged.map(({ digest, damage }) => `  ${damage.padEnd(8)} ${digest}`),
    ]);
    if (missing + corrupt > 0 || scrub.pause !== null) process.exitCode = FOUND_PROBLEMS;
  },
};

export const verifyCommand: Command = {
  summary:
    'Check that every blob in the database is stored and every manifest is complete. Exit code 2: found problems',
  options: {},
  run: async (values) => {
    const verification = await withApp(verifyStore);
    const { blobs, manifests, missing, wrongSize, unlinked, problems } = verification;
    const isSound = missing + wrongSize + unlinked === 0;
    print(values, { ok: isSound, ...verification }, [
      `${blobs} blobs: ${missing} missing, ${wrongSize} with the wrong size.`,
      `${manifests} manifests: ${unlinked} referenced blobs missing from their repository.`,
      ...problems.map((problem) => `  ${describe(problem)}`),
    ]);
    if (!isSound) process.exitCode = FOUND_PROBLEMS;
  },
};

function describe(problem: StoreProblem): string {
  if (problem.problem === 'missing') return `${problem.digest} is missing from the store`;
  if (problem.problem === 'wrong_size') return `${problem.digest} has the wrong size in the store`;
  return `${problem.repository}@${problem.manifest} references ${problem.digest}, which is missing from its repository`;
}

function readNumber(values: OptionValues, name: string, fallback: number, min: number): number {
  const value = values[name] === undefined ? fallback : Number(values[name]);
  if (Number.isFinite(value) && value >= min) return value;
  throw new AppError('invalid_input', `--${name} must be a number of at least ${min}.`);
}
