import next from '@next/eslint-plugin-next';
import prettier from 'eslint-config-prettier';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { MODULE_STATE, RAW_SQL } from './scripts/lint-selectors.ts';

const TYPED = ['**/*.ts', '**/*.tsx'];

const OBJECT_PACKING = {
  selector: ':matches(SpreadElement, JSXSpreadAttribute)[argument.type="ObjectExpression"]',
  message: 'Write the properties out. Spreading a literal only saves lines.',
};

const NO_MODULE_STATE = MODULE_STATE.map((selector) => ({
  selector,
  message: 'A module keeps no state, because Next loads it several times. Make it a member of App (lib/app.ts).',
}));

const NO_RAW_SQL = RAW_SQL.map((selector) => ({
  selector,
  message: 'Hand-written SQL is in *.sql.ts files, beside the use case that it serves.',
}));

const ENVIRONMENT = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only lib/config.ts reads the environment.',
};

export default tseslint.config(
  { ignores: ['node_modules/', '.next/', '.data/', 'lib/platform/prisma/', 'next-env.d.ts', 'test-results/'] },
  {
    files: TYPED,
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ENVIRONMENT, OBJECT_PACKING, ...NO_MODULE_STATE, ...NO_RAW_SQL],
      'no-console': 'error',
    },
  },
  {
    // What runs around the product, not in it.
    files: [
      'scripts/**',
      'e2e/**',
      '*.config.ts',
      '**/*.test.ts',
      '**/*.test.tsx',
      '**/*.contract.ts',
      'vitest.global-setup.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', OBJECT_PACKING], 'no-console': 'off' },
  },
  { files: ['scripts/**/*.ts'], rules: { 'no-restricted-syntax': ['error', OBJECT_PACKING, ...NO_RAW_SQL] } },
  {
    files: [
      'lib/testing/**',
      // They begin and end transactions, and pass statements on.
      'lib/platform/pg/run-statement.ts',
      'lib/platform/pg/transaction.ts',
      'lib/platform/pg/migrations/migrate.ts',
      '**/*.sql.ts',
    ],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ENVIRONMENT, OBJECT_PACKING, ...NO_MODULE_STATE] },
  },
  { files: ['scripts/**/*.sql.ts'], rules: { 'no-restricted-syntax': ['error', OBJECT_PACKING] } },
  {
    files: ['lib/config.ts'],
    rules: { 'no-restricted-syntax': ['error', OBJECT_PACKING, ...NO_MODULE_STATE, ...NO_RAW_SQL] },
  },
  {
    files: ['**/*.test.ts', '**/*.contract.ts', 'e2e/**'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['app/**', 'components/**'],
    plugins: { '@next/next': next, 'react-hooks': hooks },
    rules: {
      ...next.configs.recommended.rules,
      ...next.configs['core-web-vitals'].rules,
      ...hooks.configs.recommended.rules,
      // Logos are stored in their final size, and badges are SVG, which next/image rejects.
      '@next/next/no-img-element': 'off',
      'no-restricted-imports': [
        'error',
        {
          name: 'react',
          importNames: ['useActionState'],
          message: 'Use ActionForm, or ActionState around several forms.',
        },
      ],
    },
  },
  { files: ['components/forms/action-state.tsx'], rules: { 'no-restricted-imports': 'off' } },
  prettier,
);
