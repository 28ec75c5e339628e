// Backups hold every table of the catalog. These are the exceptions.

/** Tables that a restored site does without, and why. */
export const UNSAVED_TABLES: Readonly<Record<string, string>> = {
  _prisma_migrations: 'Migrating the restored database writes it.',
  restore_in_progress: 'It belongs to a restore.',
  uploads: 'Bytes of open uploads are not in a backup. Clients start them again.',
  staged_objects: 'They name objects of open uploads and of removed blobs.',
  staged_parts: 'They name parts of open uploads.',
  search_state: 'Search is rebuilt.',
  search_repositories: 'Search is rebuilt. It also holds transaction ids, which mean nothing in another database.',
  search_removals: 'Search is rebuilt.',
  search_words: 'Search is rebuilt.',
  home_lists: 'A job renews them.',
  upstream_pauses: 'They last for minutes.',
  upstream_paces: 'They last for seconds.',
  image_sizes: 'They are measured again.',
};

/** Tables that only mean something with the storage that the site had. */
export const STORE_TABLES: Readonly<Record<string, string>> = {
  blob_objects: 'They name the objects of blobs in the bucket. Restoring blobs writes it.',
};
