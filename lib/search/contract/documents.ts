// The documents that the contract saves: repositories 1 to 6.
import { EXAMPLE_DOCUMENT } from '#lib/search/example-document.ts';
import type { SearchDocument } from '#lib/search/schema.ts';

export type Contents = Omit<SearchDocument, 'registryKey'>;

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

const BASE = { ...EXAMPLE_DOCUMENT, displayName: 'Acme Tools', pushedAt: daysAgo(100) };

/** With what filters and ranks need. */
export const DOCUMENTS: Contents[] = [
  {
    ...BASE,
    repositoryId: 1n,
    aliases: ['acme', 'a1b2c3d4'],
    name: 'nginx',
    description: 'Web server',
    pullCount: 5,
    starCount: 2,
  },
  {
    ...BASE,
    repositoryId: 2n,
    aliases: ['other'],
    name: 'nginx-exporter',
    description: 'Metrics of nginx',
    pullCount: 90_000,
    displayName: 'Other',
  },
  {
    ...BASE,
    repositoryId: 3n,
    aliases: ['other'],
    name: 'db/postgres',
    verified: true,
    description: 'Relational database with nightly backups',
    displayName: 'Other',
    architectures: ['arm64'],
    platforms: ['linux/arm64'],
    categories: ['databases'],
    licences: ['MIT', 'PostgreSQL'],
    baseSystem: 'debian',
    sizeBytes: 120_000_000,
  },
  {
    ...BASE,
    repositoryId: 4n,
    aliases: ['other'],
    name: 'charts/nginx',
    kind: 'chart',
    displayName: 'Other',
    starCount: 7,
    pushedAt: daysAgo(5),
  },
  {
    ...BASE,
    repositoryId: 5n,
    aliases: ['acme', 'a1b2c3d4'],
    name: 'kube-state-metrics',
    description: 'Cluster metrics',
    signed: true,
  },
  {
    ...BASE,
    repositoryId: 6n,
    aliases: ['zebra'],
    name: 'windows-tool',
    operatingSystems: ['windows'],
    platforms: ['windows/amd64'],
    displayName: 'Zebra 100%_done',
  },
];

/** With about texts. */
export const WITH_ABOUTS: Contents[] = [
  { name: 'tickets', about: 'Project management with issue tracking and a Kanban view', categories: ['databases'] },
  { name: 'boards', description: 'Kanban work boards for teams' },
  { name: 'kanban', description: 'Cards' },
  { name: 'ledger', description: 'Accounting in a suite of business apps' },
  { name: 'hello', about: 'Says hello' },
  { name: 'bye', about: 'Says goodbye' },
].map((texts, at) => ({ ...BASE, ...texts, repositoryId: BigInt(at + 1), aliases: ['acme'] }));

/** In scripts of many languages. */
export const IN_MANY_SCRIPTS: Contents[] = [
  { name: 'one', description: 'Сервер базы данных «Берёза»', displayName: 'Acme' },
  { name: 'two', description: '分布式数据库服务，支持高可用. Μηχανή αναζήτησης', displayName: 'Acme' },
  { name: 'three', description: '高性能なデータベース管理ツール. خادم قاعدة بيانات', displayName: 'Acme' },
  { name: 'four', description: 'Café serveur für Müller, naïve Übung, Straße', displayName: 'Acme' },
  { name: 'five', description: '관계형데이터베이스를 관리하는 도구. डेटाबेस सर्वर', displayName: 'Żółw Łódź' },
  { name: 'six', description: 'เครื่องมือจัดการฐานข้อมูลแบบกระจาย', displayName: '東京開発' },
].map((texts, at) => ({ ...BASE, ...texts, repositoryId: BigInt(at + 1), aliases: [texts.name] }));
