import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { monitoringTools } from '../../helpers/monitoring.ts';
import { dashboardQueries, PROMETHEUS_FOLDER, panelQuery } from '../../helpers/queries.ts';

const folder = typeof monitoringTools === 'string' ? '' : monitoringTools.folder;
const promtool = (cwd: string, ...args: readonly string[]) =>
  execFileSync(join(folder, 'usr/bin/promtool'), args, { cwd, encoding: 'utf8', stdio: 'pipe' });

describe.skipIf(folder === '')('promtool', () => {
  it('accepts the alerts, and each fires when it should and only then', () => {
    expect(promtool(PROMETHEUS_FOLDER, 'check', 'rules', 'alerts.yaml')).toContain('SUCCESS');
    const tested = promtool(PROMETHEUS_FOLDER, 'test', 'rules', 'alerts.test.yaml', 'alerts-slow.test.yaml');
    expect(tested.match(/SUCCESS/g)).toHaveLength(2);
  });

  it('shows failures from the first on, each once, and all jobs of a queue', async () => {
    const failures = 'nodetide_step_failures_total{cluster="a",step="drain",code="pdb"}';
    const jobs = (state: string, count: number) => ({
      series: `nodetide_queue_jobs{queue="drain",state="${state}"}`,
      values: `${count}x60`,
    });
    const shown = (query: string, eval_time: string, exp_samples: readonly { labels: string; value: number }[]) => ({
      expr: query,
      eval_time,
      exp_samples,
    });
    const failed = panelQuery('Steps failed, by code');
    const values = '_x4 1x9 stale 1x9 3x30';
    const test = {
      interval: '1m',
      input_series: [
        { series: failures.replace('{', '{instance="one",'), values },
        { series: failures.replace('{', '{instance="two",'), values },
        ...[jobs('waiting', 5), jobs('active', 3), jobs('delayed', 9)],
      ],
      promql_expr_test: [
        shown(failed, '4m', [{ labels: '{code="pdb"}', value: 1 }]),
        ...['5m', '15m', '20m'].map(at => shown(failed, at, [])),
        shown(failed, '25m', [{ labels: '{code="pdb"}', value: 2 }]),
        shown(panelQuery('Jobs in the queues'), '5m', [{ labels: '{queue="drain"}', value: 8 }]),
      ],
    };
    const dir = await mkdtemp(join(tmpdir(), 'nodetide-panels-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    await writeFile(join(dir, 'test.json'), JSON.stringify({ rule_files: [], tests: [test] }));
    expect(promtool(dir, 'test', 'rules', 'test.json')).toContain('SUCCESS');
  });

  it('understands every query of the dashboard, and the settings of a scrape', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'nodetide-queries-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const rules = dashboardQueries().map((expr, at) => ({ record: `panel:${at}`, expr }));
    await writeFile(join(dir, 'rules.json'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    expect(promtool(dir, 'check', 'rules', 'rules.json')).toContain(`SUCCESS: ${rules.length} rules found`);
    const settings = promtool(PROMETHEUS_FOLDER, 'check', 'config', '--syntax-only', 'scrape.yaml');
    expect(settings).toContain('SUCCESS');
  });
});
