import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { monitoringTools } from '../../helpers/monitoring.ts';
import { dashboardQueries, PROMETHEUS_FOLDER } from '../../helpers/queries.ts';

const folder = typeof monitoringTools === 'string' ? '' : monitoringTools.folder;
const promtool = (cwd: string, ...args: readonly string[]) =>
  execFileSync(join(folder, 'usr/bin/promtool'), args, { cwd, encoding: 'utf8', stdio: 'pipe' });

describe.skipIf(folder === '')('promtool', () => {
  it('accepts the alerts, and each fires when it should and only then', () => {
    expect(promtool(PROMETHEUS_FOLDER, 'check', 'rules', 'alerts.yaml')).toContain('SUCCESS');
    const tested = promtool(PROMETHEUS_FOLDER, 'test', 'rules', 'alerts.test.yaml', 'alerts-slow.test.yaml');
    expect(tested.match(/SUCCESS/g)).toHaveLength(2);
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
