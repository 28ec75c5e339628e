import { configDefaults, defineConfig } from 'vitest/config';

// The inner loop (npm run check) leaves out the tests that run a whole App on a database of its own.
const isQuick = process.env.VITRINE_TESTS === 'quick';

/** Replace a module for everyone in their process, or measure the memory or the open files of that process. */
const IN_PROCESSES_OF_THEIR_OWN = [
  'lib/blobs/disk/receive-file.test.ts',
  'lib/blobs/s3/{s3-staging.db,send-object}.test.ts',
  'lib/platform/concurrency/keep-running.test.ts',
  'lib/platform/http/linger.test.ts',
];

const exclude = [...configDefaults.exclude, ...(isQuick ? ['**/*.db.test.ts'] : [])];
const limits = { maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    globalSetup: ['./vitest.global-setup.ts'],
    ...limits,
    projects: [
      {
        test: {
          name: 'shared',
          // Modules hold no state, so files can share a process and what it has imported: nearly half of the CPU time.
          isolate: false,
          setupFiles: ['lib/testing/restore-clock.ts'],
          include: ['lib/**/*.test.ts', 'scripts/**/*.test.ts', 'app/**/*.test.ts', 'components/**/*.test.{ts,tsx}'],
          exclude: [...exclude, ...IN_PROCESSES_OF_THEIR_OWN],
          ...limits,
        },
      },
      {
        test: { name: 'alone', include: IN_PROCESSES_OF_THEIR_OWN, exclude, ...limits },
      },
    ],
  },
});
