import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PreflightReport } from '../../shared/domain/preflight/finding.ts';
import type { Bench } from '../helpers/bench.ts';
import { writePlantedSnapshot } from '../helpers/preflight-snapshot.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/services/cli/main.js', import.meta.url));
const NODES = 1_000;

/** The whole command on a snapshot of 1,000 nodes and 30,000 pods, from its start to its end, as a user runs it. */
export const preflightBench: Bench = {
  name: 'preflight',
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nodetide-bench-'));
    try {
      const [snapshot, fleet] = [join(folder, 'snapshot.json'), join(folder, 'fleet.yaml')];
      const planted = writePlantedSnapshot(snapshot, NODES);
      await writeFile(fleet, planted.fleet);
      const { seconds, peakMiB, text } = await runPlan(['-f', fleet, '--snapshot', snapshot], folder);
      const { preflight } = JSON.parse(text) as { preflight: PreflightReport };
      const found = preflight.clusters.flatMap(({ waves }) => waves.flatMap(({ findings }) => findings));
      const blockers = found
        .filter(({ level }) => level === 'block')
        .flatMap(({ code, nodes, pods }) => (pods.length > 0 ? pods : nodes).map(name => `${code} ${name}`));
      const missed = planted.blockers.filter(each => !blockers.includes(each)).length;
      const wrong = blockers.filter(each => !planted.blockers.includes(each)).length;
      return [
        { name: 'nodes', value: planted.nodes, unit: '' },
        { name: 'pods', value: planted.pods, unit: '' },
        { name: 'snapshot', value: (await stat(snapshot)).size / 2 ** 20, unit: 'MiB' },
        { name: 'plan --preflight --snapshot, from its start to its end', value: seconds, unit: 's', goal: 'under 10' },
        { name: 'most memory', value: peakMiB, unit: 'MiB' },
        { name: 'planted blockers', value: planted.blockers.length, unit: '' },
        { name: 'of them missed', value: missed, unit: '', goal: '0' },
        { name: 'false blockers', value: wrong, unit: '', goal: '0' },
      ];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

async function runPlan(args: readonly string[], folder: string) {
  const peak = join(folder, 'peak');
  const noted = `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)))`;
  await writeFile(join(folder, 'peak.cjs'), noted);
  const from = performance.now();
  const command = ['--require', join(folder, 'peak.cjs'), PROGRAM, 'plan', '--preflight', ...args, '-o', 'json'];
  const plan = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  plan.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(plan, 'close');
  const seconds = (performance.now() - from) / 1000;
  const peakMiB = Number(await readFile(peak, 'utf8')) / 1024;
  return { seconds, peakMiB, text: Buffer.concat(chunks).toString() };
}
