import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openWorldLog } from '../../../services/simulator/world-log.ts';

it('writes a line an act, tells its followers, and answers who waits for the past or the future', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'world-'));
  const file = join(folder, 'world.jsonl');
  const now = () => Date.parse('2026-01-02T03:04:05.678Z');
  const log = openWorldLog({ file, now, sequenceOf: (_cluster, node) => (node === 'n1' ? 4 : null) });
  const heard: string[] = [];
  const stop = log.onEntry(entry => heard.push(entry.act));
  const later = log.waitFor(entry => entry.act === 'ready');
  log.write('dev', 'n1', 'cordon', { agent: 'x' });
  stop();
  log.write('dev', 'n2', 'ready');
  expect((await later).node).toBe('n2');
  expect((await log.waitFor(entry => entry.act === 'cordon')).node).toBe('n1');
  await expect(log.waitFor(entry => entry.act === 'reboot', AbortSignal.abort(new Error('enough')))).rejects.toThrow(
    'enough',
  );
  log.close();
  log.write('dev', 'n2', 'down');
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  rmSync(folder, { recursive: true });
  const at = '2026-01-02T03:04:05.678Z';
  expect(lines.map(line => JSON.parse(line) as unknown)).toEqual([
    { at, cluster: 'dev', node: 'n1', act: 'cordon', sequence: 4, detail: { agent: 'x' } },
    { at, cluster: 'dev', node: 'n2', act: 'ready', sequence: null, detail: {} },
  ]);
  expect(heard).toEqual(['cordon']);
});
