// The statement by which each request of a push starts.
import type pg from 'pg';
import { holderQuery, type HolderRow } from '#lib/identity/credentials/find-token-holder.sql.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { FIND_FOR_USER, type RowForUser } from '#lib/repositories/find-repository.sql.ts';
import {
  COMMIT_SOON,
  insertUploadQuery,
  leaseUploadQuery,
  uploadQuery,
  type UploadLimits,
  type UploadTargetRow,
} from '#lib/distribution/push/upload-rows.sql.ts';

const HOLDER = `LEFT JOIN (${holderQuery('$4', '$5', '$6')}) AS holder ON true`;
const NAMED = `LEFT JOIN (${FIND_FOR_USER}) AS named ON true`;
const FROM = `FROM (SELECT) AS one ${HOLDER} ${NAMED}`;

/** Doesn't write for users who have no role that lets them push. Policies and scopes are only known afterwards. */
const INSERT = insertUploadQuery(
  { id: '$7', repositoryId: 'pushed.id', userId: '$3', perUser: '$8', perRepository: '$9', leasedUntil: 'NULL' },
  `(SELECT id FROM named WHERE id IS NOT NULL AND role IN ('owner', 'maintainer', 'pusher')) AS pushed`,
);

const STATEMENTS = {
  none: { name: 'find-standing', text: `SELECT holder.*, named.* ${FROM}` },
  read: { name: 'find-standing-and-upload', text: withUpload(uploadQuery('$7', '$3')) },
  write: { name: 'find-standing-and-lease', text: withUpload(leaseUploadQuery('$7', '$3')) },
  start: {
    name: 'find-standing-and-start',
    text: `WITH ${COMMIT_SOON}, named AS MATERIALIZED (${FIND_FOR_USER}), upload AS (${INSERT})
      SELECT holder.*, named.*, upload.* FROM (SELECT) AS one ${HOLDER} LEFT JOIN named ON true LEFT JOIN upload ON true`,
  },
};

function withUpload(query: string): string {
  return `WITH upload AS (${query}) SELECT holder.*, named.*, upload.* ${FROM} LEFT JOIN upload ON true`;
}

type AskedStanding = {
  fullName: string;
  /** The user that the credentials name. */
  userId: string | null;
  /** The user of a bearer token, and the credential it was issued for. */
  holderId: string | null;
  accessTokenId: string | null;
  accessKeyId: string | null;
  upload: AskedUpload | null;
};

/**
 * The upload that a request reads, writes or starts. The lookup leases one to be written if it is free, and inserts one to be
 * started if there is room and the user's role lets them push.
 */
export type AskedUpload = { id: string } & ({ use: 'read' | 'write' } | { use: 'start'; limits: UploadLimits });

/** A part that isn't found is null. */
export type StandingRows = { holder: HolderRow | null; named: RowForUser | null; target: UploadTargetRow | null };

type Row = HolderRow & RowForUser & UploadTargetRow;

export async function findStandingRows(pool: pg.Pool, asked: AskedStanding): Promise<StandingRows> {
  const { fullName, userId, holderId, accessTokenId, accessKeyId, upload } = asked;
  const { alias, name } = splitFullName(fullName) ?? { alias: null, name: null };
  const limits = upload?.use === 'start' ? [upload.limits.perUser, upload.limits.perRepository] : [];
  const ofUpload = upload ? [upload.id, ...limits] : [];
  const values = [alias, name, userId, holderId, accessTokenId, accessKeyId, ...ofUpload];
  const statement = STATEMENTS[upload?.use ?? 'none'];
  const { rows } = await pool.query<{ [Column in keyof Row]: Row[Column] | null }>({ ...statement, values });
  const [row] = rows;
  return {
    holder: row && row.holderId !== null ? (row as HolderRow) : null,
    named: row && row.owner_id !== null ? (row as RowForUser) : null,
    target: upload && row && row.repository_id !== null ? (row as UploadTargetRow) : null,
  };
}
