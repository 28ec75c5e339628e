// npm run model: prints the paper model, and writes its tables into docs/scaling.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { readCosts } from './costs.ts';
import { describeAssumptions, fillModelTables, modelTables } from './model-tables.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = join(ROOT, 'docs/scaling.md');

const costs = readCosts();
console.log(`Measured on ${costs.measuredOn}: ${costs.machine}\nAssumed: ${describeAssumptions()}\n`);
for (const text of Object.values(modelTables(costs))) console.log(`${text}\n`);
const options = JSON.parse(readFileSync(join(ROOT, '.prettierrc.json'), 'utf8')) as object;
const page = fillModelTables(readFileSync(PAGE, 'utf8'), costs);
writeFileSync(PAGE, await format(page, { ...options, parser: 'markdown' }));
