// The statement by which each request of a push starts.
import type pg from 'pg';
import { holderQuery, type HolderRow } from '#lib/identity/credentials/find-token-holder.sql.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { FIND_FOR_USER, type RowForUser } from '#lib/repositories/find-repository.sql.ts';
import { leaseUploadQuery, uploadQuery, type UploadTargetRow } from '#lib/distribution/push/upload-rows.sql.ts';

const HOLDER = `LEFT JOIN (${holderQuery('$4', '$5', '$6')}) AS holder ON true`;
const NAMED = `LEFT JOIN (${FIND_FOR_USER}) AS named ON true`;
const FROM = `FROM (SELECT) AS one ${HOLDER} ${NAMED}`;

const STATEMENTS = {
  none: { name: 'find-standing', text: `SELECT holder.*, named.* ${FROM}` },
  read: {
    name: 'find-standing-and-upload',
    text: `SELECT holder.*, named.*, upload.* ${FROM} LEFT JOIN (${uploadQuery('$7', '$3')}) AS upload ON true`,
  },
  write: {
    name: 'find-standing-and-lease',
    text: `WITH upload AS (${leaseUploadQuery('$7', '$3')}) SELECT holder.*, named.*, upload.* ${FROM} LEFT JOIN upload ON true`,
  },
};

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

/** The upload that a request reads or writes. The lookup leases one to be written if it is free. */
export type AskedUpload = { id: string; use: 'read' | 'write' };

/** A part that isn't found is null. */
export type StandingRows = { holder: HolderRow | null; named: RowForUser | null; target: UploadTargetRow | null };

type Row = HolderRow & RowForUser & UploadTargetRow;

export async function findStandingRows(pool: pg.Pool, asked: AskedStanding): Promise<StandingRows> {
  const { fullName, userId, holderId, accessTokenId, accessKeyId, upload } = asked;
  const { alias, name } = splitFullName(fullName) ?? { alias: null, name: null };
  const values = [alias, name, userId, holderId, accessTokenId, accessKeyId, ...(upload ? [upload.id] : [])];
  const statement = STATEMENTS[upload?.use ?? 'none'];
  const { rows } = await pool.query<{ [Column in keyof Row]: Row[Column] | null }>({ ...statement, values });
  const [row] = rows;
  return {
    holder: row && row.holderId !== null ? (row as HolderRow) : null,
    named: row && row.owner_id !== null ? (row as RowForUser) : null,
    target: upload && row && row.is_closed !== null ? (row as UploadTargetRow) : null,
  };
}
