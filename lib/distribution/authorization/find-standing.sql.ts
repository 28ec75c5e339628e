// The statement by which each request of a push starts.
import type pg from 'pg';
import { holderQuery, type HolderRow } from '#lib/identity/credentials/find-token-holder.sql.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { FIND_FOR_USER, type RowForUser } from '#lib/repositories/find-repository.sql.ts';
import { leaseUploadQuery, uploadQuery, type UploadTargetRow } from '#lib/distribution/push/upload-rows.sql.ts';

const ONE = `FROM (SELECT) AS one
    LEFT JOIN (${holderQuery('$4', '$5', '$6')}) AS holder ON true
    LEFT JOIN (${FIND_FOR_USER}) AS named ON true`;

const STATEMENTS = {
  none: { name: 'find-standing', text: `SELECT holder.*, named.* ${ONE}` },
  read: { name: 'find-standing-and-upload', text: withUpload(uploadQuery('$7', '$3')) },
  written: { name: 'find-standing-and-lease', text: withUpload(leaseUploadQuery('$7', '$3')) },
};

function withUpload(query: string): string {
  return `WITH upload AS (${query}) SELECT holder.*, named.*, upload.* ${ONE} LEFT JOIN upload ON true`;
}

type AskedStanding = {
  fullName: string;
  /** The user that the credentials name. */
  userId: string | null;
  /** The user of a bearer token, and the credential it was issued for. */
  holderId: string | null;
  accessTokenId: string | null;
  accessKeyId: string | null;
  /** `isWritten`: leases the upload if it is free. */
  upload: { id: string; isWritten: boolean } | null;
};

/** A part that isn't found is null. */
export type StandingRows = { holder: HolderRow | null; named: RowForUser | null; target: UploadTargetRow | null };

type Row = HolderRow & RowForUser & UploadTargetRow;

export async function findStandingRows(pool: pg.Pool, asked: AskedStanding): Promise<StandingRows> {
  const { fullName, userId, holderId, accessTokenId, accessKeyId, upload } = asked;
  const { alias, name } = splitFullName(fullName) ?? { alias: null, name: null };
  const statement = STATEMENTS[upload ? (upload.isWritten ? 'written' : 'read') : 'none'];
  const values = [alias, name, userId, holderId, accessTokenId, accessKeyId, ...(upload ? [upload.id] : [])];
  const { rows } = await pool.query<{ [Column in keyof Row]: Row[Column] | null }>({ ...statement, values });
  const [row] = rows;
  return {
    holder: row && row.holderId !== null ? (row as HolderRow) : null,
    named: row && row.owner_id !== null ? (row as RowForUser) : null,
    target: upload && row && row.repository_id !== null ? (row as UploadTargetRow) : null,
  };
}
