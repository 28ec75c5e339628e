import { globSync, readFileSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';

const isQuick = process.env.VITRINE_TESTS === 'quick';

/** Tests that run a whole App on a database of its own: npm test runs them, the inner loop (npm run check) does not. */
function listDatabaseTests(): string[] {
  const needsDatabase = /createTestApp|createMirrorSite|templateUrl/;
  return globSync('lib/**/*.test.ts').filter((path) => needsDatabase.test(readFileSync(path, 'utf8')));
}

export default defineConfig({
  test: {
    include: ['lib/**/*.test.ts', 'scripts/**/*.test.ts', 'app/**/*.test.ts', 'components/**/*.test.{ts,tsx}'],
    exclude: [...configDefaults.exclude, ...(isQuick ? listDatabaseTests() : [])],
    globalSetup: ['./vitest.global-setup.ts'],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
