import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../shared/domain/preflight/finding.ts';
import { type PlantedSnapshot, writePlantedSnapshot } from '../../helpers/preflight-snapshot.ts';
import { preflightOfSnapshot } from '../../helpers/preflight-snapshot-run.ts';

let folder: string;
let planted: PlantedSnapshot;
let findings: readonly Finding[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'snapshot-'));
  planted = writePlantedSnapshot(join(folder, 'big.json'), 200);
  const report = await preflightOfSnapshot(planted, readFileSync(join(folder, 'big.json')));
  findings = report.clusters.flatMap(({ waves }) => waves.flatMap(wave => wave.findings));
});
afterAll(() => rmSync(folder, { recursive: true }));

const named = (level: Finding['level']) =>
  findings
    .filter(each => each.level === level)
    .flatMap(({ code, nodes, pods }) => (pods.length > 0 ? pods : nodes).map(name => `${code} ${name}`))
    .sort();

describe('a snapshot with planted trouble', () => {
  it('has every blocker found, and no other', () => {
    expect(planted.blockers.length).toBeGreaterThan(30);
    expect(named('block')).toEqual(planted.blockers);
  });

  it('has every warning found, and no other but of emptyDir data', () => {
    expect(named('warn').filter(text => !text.startsWith('emptyDirLost'))).toEqual(planted.warnings);
  });
});
