import { configDefaults, defineConfig } from 'vitest/config';

// The inner loop (npm run check) leaves out the tests that run a whole App on a database of its own.
const isQuick = process.env.VITRINE_TESTS === 'quick';

export default defineConfig({
  test: {
    include: ['lib/**/*.test.ts', 'scripts/**/*.test.ts', 'app/**/*.test.ts', 'components/**/*.test.{ts,tsx}'],
    exclude: [...configDefaults.exclude, ...(isQuick ? ['**/*.db.test.ts'] : [])],
    globalSetup: ['./vitest.global-setup.ts'],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
