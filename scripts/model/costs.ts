// What operations cost, as `npm run bench -- --write-costs` measured it. Nothing here is estimated.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = join(import.meta.dirname, 'costs.json');

const operationCost = z.object({
  /** CPU of the servers, in milliseconds. */
  serverMs: z.number().nonnegative(),
  /** CPU of PostgreSQL, in milliseconds. */
  databaseMs: z.number().nonnegative(),
  /** Connections taken from the pool, each for one statement or transaction. */
  databaseCalls: z.number().nonnegative(),
});

const measuredCosts = z.object({
  measuredOn: z.iso.date(),
  machine: z.string(),
  operations: z.object({
    /** On the path that asks the database. */
    token: operationCost,
    manifest: operationCost,
    /** Of a missing tag, which no cache holds: the look-up of a manifest without its answer. */
    uncachedManifest: operationCost,
    /** A blob that a presigned URL of the bucket delivers. */
    redirect: operationCost,
    /** Of a blob that the site sends, and caches in memory after the second time. */
    sentMegabyte: operationCost,
    /** An image with a layer of 1 MB. */
    push: operationCost,
  }),
  /** Growth of the database for each pushed image. */
  databaseBytesPerImage: z.number().positive(),
});

export type OperationCost = z.infer<typeof operationCost>;
export type MeasuredCosts = z.infer<typeof measuredCosts>;

export function readCosts(): MeasuredCosts {
  return measuredCosts.parse(JSON.parse(readFileSync(FILE, 'utf8')));
}

export function writeCosts(costs: MeasuredCosts): void {
  writeFileSync(FILE, `${JSON.stringify(measuredCosts.parse(costs), null, 2)}\n`);
}
