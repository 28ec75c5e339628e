// Prometheus' own tool reads the alert rules, and the metrics of a running site.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findProgram } from '../find-program.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/prometheus');
const path = findProgram('promtool');
const absent = path === null ? 'promtool is not installed' : '';
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

function promtool(args: string[], input = ''): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(path ?? '', args, { cwd: FOLDER, input, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test.skipIf(absent)(title('promtool accepts the alert rules, and they fire when they should'), () => {
  expect(promtool(['check', 'rules', '--lint=all', '--lint-fatal', 'alerts.yml'])).toMatchObject({ status: 0 });
  const { status, output } = promtool(['test', 'rules', 'alerts.test.yml']);
  expect(output).toContain('SUCCESS');
  expect(status).toBe(0);
});

test.skipIf(absent)(title('promtool finds nothing wrong with the metrics'), async () => {
  const base = process.env['E2E_BASE_URL'] ?? '';
  await (await fetch(`${base}/search?q=base`)).text();
  let metrics = '';
  // A request is counted once its response has been sent.
  await expect
    .poll(async () => {
      metrics = await (await fetch(`${base}/metrics`)).text();
      return metrics;
    })
    .toContain('http_requests_total{edge="pages",route="/search",method="GET",code="200"}');
  const own = metrics.split('\n').filter((line) => !/^(?:# (?:HELP|TYPE) )?nodejs_/.test(line));
  expect(promtool(['check', 'metrics'], own.join('\n'))).toEqual({ status: 0, output: '' });
});
