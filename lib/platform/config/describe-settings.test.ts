import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VARIABLES } from '#lib/config.ts';
import { editDistance } from '#lib/search/query/edit-distance.ts';
import { describeSettings, findUnknownNames } from './describe-settings.ts';

const describeOne = (name: string, env: Record<string, string>, file: Record<string, string> = {}) =>
  describeSettings(VARIABLES, env, file).find((setting) => setting.name === name);

describe('describeSettings', () => {
  test('says where each value comes from', () => {
    expect(describeOne('PORT', {})).toEqual({ name: 'PORT', value: '3000', origin: 'default', problem: null });
    expect(describeOne('PORT', { PORT: '80' })).toMatchObject({ value: '80', origin: 'environment' });
    expect(describeOne('PORT', { PORT: '80' }, { PORT: '80' })).toMatchObject({ origin: '.env' });
    expect(describeOne('PORT', { PORT: '80' }, { PORT: '81' })).toMatchObject({ origin: 'environment' });
  });

  test('masks secrets, also those in addresses', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vitrine-config-')), 'secret');
    writeFileSync(file, 'hunter2 hunter2 hunter2 hunter2 hunter2');
    const settings = describeSettings(
      VARIABLES,
      {
        AUTH_SECRET_FILE: file,
        METRICS_TOKEN: 'hunter2 of some length',
        DATABASE_URL: 'postgresql://vitrine:hunter2@db.example.org/site?password=hunter2',
        SMTP_URL: 'smtps://hunter:hunter2@mail.example.org',
      },
      {},
    );
    expect(JSON.stringify(settings)).not.toContain('hunter2');
    expect(settings.find(({ name }) => name === 'DATABASE_URL')?.value).toBe(
      'postgresql://vitrine:[hidden]@db.example.org/site',
    );
    expect(settings.find(({ name }) => name === 'AUTH_SECRET')).toMatchObject({ value: '[hidden]', origin: 'file' });
  });

  test('explains why a value is refused, and goes on', () => {
    expect(describeOne('PORT', { PORT: 'eighty' })?.problem).toBe('PORT must be a port number.');
    expect(describeOne('REGION', { PORT: 'eighty' })?.problem).toBeNull();
  });
});

describe('findUnknownNames', () => {
  const find = (env: Record<string, string>, file: Record<string, string> = {}) =>
    findUnknownNames(VARIABLES, env, { file, distance: editDistance });

  test.each([
    ['PUBLIC_URI', 'PUBLIC_URL'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['VITRINE_PORT', 'PORT'],
    ['vitrine_data_dir', 'DATA_DIR'],
    ['AUTH_SECRET_FIEL', 'AUTH_SECRET_FILE'],
    ['ACCESS_LOGS', 'ACCESS_LOG'],
  ])('%s: did you mean %s?', (name, meant) => {
    expect(find({ [name]: 'x' })).toEqual([{ name, meant }]);
  });

  test('leaves other programs’ variables alone', () => {
    const env = { PATH: '/bin', HOME: '/', HOSTNAME: 'a', SHELL: 'sh', LANG: 'C', NODE_ENV: 'production', TERM: 'x' };
    expect(
      find({ ...env, USER: 'me', PWD: '/', LOGNAME: 'me', SHLVL: '1', MAIL: '', EDITOR: 'vi', TZ: 'UTC' }),
    ).toEqual([]);
    expect(find({ PORT: '80', AUTH_SECRET_FILE: '/x' })).toEqual([]);
  });

  test('reports every unknown name in .env', () => {
    expect(find({ SOMETHING_ELSE: '1' }, { SOMETHING_ELSE: '1' })).toEqual([{ name: 'SOMETHING_ELSE', meant: null }]);
  });
});
