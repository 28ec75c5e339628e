// Imports go down one ranked list: strictly lower ranks, or the own folder. ARCHITECTURE.md shows the same list.
export const RANKS = [
  ['oci'],
  ['platform'],
  ['blobs', 'keys', 'search'],
  ['access'],
  ['events'],
  ['site'],
  ['identity'],
  ['publishers'],
  ['repositories'],
  ['images'],
  ['aliases', 'upstream'],
  ['gallery'],
  ['following', 'outbound'],
  ['distribution'],
  ['replication'],
  ['api', 'backup'],
];
const TESTS = '\\.(test|contract)\\.tsx?$';
const inLib = (names) => `^lib/(${names.join('|')})/`;

const rankRules = RANKS.flatMap((group, rank) =>
  group.map((name) => {
    const forbidden = [...group, ...RANKS.slice(rank + 1).flat()].filter((other) => other !== name);
    const edges = [
      '^lib/[^/]+\\.ts$',
      '^lib/testing/',
      '^(app|components|scripts|e2e)/',
      '^(server|page-server|load-pages)\\.ts$',
    ];
    return {
      name: `${name}-imports-lower-ranks-only`,
      severity: 'error',
      from: { path: inLib([name]), pathNot: TESTS },
      to: { path: [...(forbidden.length > 0 ? [inLib(forbidden)] : []), ...edges] },
    };
  }),
);

export default {
  forbidden: [
    ...rankRules,
    { name: 'no-cycles', severity: 'error', from: { pathNot: 'lib/platform/prisma/' }, to: { circular: true } },
    {
      name: 'lib-knows-no-framework',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: 'node_modules/(next|next-auth|react|react-dom|server-only)/', reachable: true },
    },
    {
      name: 'oci-and-schemas-run-in-a-browser',
      severity: 'error',
      from: { path: '^lib/(oci/|[^/]+/([^/]+/|)schema\\.ts$|repositories/categories\\.ts$)', pathNot: TESTS },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'components-see-vocabulary-schemas-and-types',
      severity: 'error',
      from: { path: '^components/', pathNot: TESTS },
      to: {
        path: '^lib/',
        pathNot: '^lib/(oci/|[^/]+/([^/]+/|)schema\\.ts$|repositories/categories\\.ts$)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'testing-is-for-tests-and-the-seed',
      severity: 'error',
      from: { path: '^(lib|app|components|(server|page-server|load-pages)\\.ts)', pathNot: ['^lib/testing/', TESTS] },
      to: { path: '^lib/testing/' },
    },
    {
      name: 'the-memory-store-is-for-tests',
      severity: 'error',
      from: { pathNot: ['^lib/blobs/memory/', TESTS] },
      to: { path: '^lib/blobs/memory/' },
    },
    {
      // What follows from a change is listed in events/subscribers.ts. The others do work in pieces, or start it.
      name: 'only-events-enqueue-what-follows-from-a-change',
      severity: 'error',
      from: {
        pathNot: [
          '^lib/events/',
          '^lib/worker\\.ts$',
          '^lib/gallery/jobs/(feed-search|refresh-home|refresh-search)\\.ts$',
          TESTS,
        ],
      },
      to: { path: '^lib/platform/jobs/enqueue-job\\.ts$' },
    },
    {
      name: 'changes-are-recorded-by-record-change',
      severity: 'error',
      from: { pathNot: ['^lib/events/', TESTS] },
      to: { path: '^lib/events/(audit-row|reactions)(\\.sql)?\\.ts$', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.next/|\\.data/|lib/testing/fixtures/)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
