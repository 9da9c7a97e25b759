import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../shared/domain/report/markdown/markdown.ts';
import { span } from '../../../shared/domain/report/markdown/words.ts';
import type { NodeReport, RolloutReport } from '../../../shared/domain/report/report.ts';
import { reportOf } from '../../../shared/domain/report/report-of.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const MANY = Array.from({ length: 200 }, (_, at) => `node-${String(at + 1).padStart(3, '0')}`);
const PLAN = tinyPlan({ stages: { dev: { a: [{ nodes: MANY, concurrency: 5 }] } } });

function report(change: (node: NodeReport, at: number) => Partial<NodeReport> = () => ({})): RolloutReport {
  const made = reportOf(PLAN, 'r-20260301-120000-k3f9', new WrittenJournal().begun().events);
  return { ...made, nodes: made.nodes.map((node, at) => ({ ...node, ...change(node, at) })) };
}

const OPENSSL = { name: 'openssl', before: '3.0.14', after: '3.0.15' };
const KERNEL = { name: 'linux-image-amd64', before: null, after: '6.1.112-1' };

describe('a report of 200 nodes', () => {
  const text = renderMarkdown(
    report((_, at) => ({
      rounds: 1,
      changes: at < 150 ? [OPENSSL, KERNEL] : at < 190 ? [OPENSSL] : [],
      left: at < 20 ? [{ name: 'docker', before: '1', available: '2', reason: 'held' }] : [],
      warnings: at < 100 ? ['the boot loader was set by hand'] : [],
    })),
  );
  const lines = text.split('\n');

  it('has each list of packages once, with the nodes folded away', () => {
    expect(lines.filter(line => line.startsWith('### '))).toEqual([
      '### 2 packages on 150 nodes',
      '### 1 package on 40 nodes',
      '### Left as they were',
    ]);
    expect(lines.filter(line => line.startsWith('| openssl'))).toEqual(Array(2).fill('| openssl | 3.0.14 | 3.0.15 |'));
    expect(lines).toContain('| linux-image-amd64 | (new) | 6.1.112-1 |');
    expect(text).toMatch(/^No packages changed on a\/node-191, .*, a\/node-200\.$/m);
    expect(text).toMatch(/^\| docker \| 1 \| 2 \| held \| <details><summary>20 nodes<\/summary>/m);
  });

  it('tells once what is the same for many, and has a row for each node', () => {
    expect(lines.filter(line => line.includes('boot loader'))).toEqual([
      expect.stringContaining('<summary>100 nodes</summary>'),
    ]);
    expect(lines.filter(line => /^\| node-\d{3} \|/.test(line))).toHaveLength(200);
    // About two screens of anything but the nodes themselves.
    expect(lines.length).toBeLessThan(200 + 90);
  });
});

it('never says that nothing changed where that is not known', () => {
  const half = report((_, at) => ({
    rounds: 1,
    changes: at === 1 ? [OPENSSL] : [],
    changesKnown: at !== 0 && at !== 1,
  }));
  const text = renderMarkdown({ ...half, nodes: half.nodes.slice(0, 3) });
  expect(text).toMatch(/^No packages changed on a\/node-003\.$/m);
  expect(text).toMatch(/^What changed is not known, .*: a\/node-001, a\/node-002\.$/m);
  expect([...text.matchAll(/^\| node-00\d \| (?:[^|]*\| ){3}([^|]*) \|/gm)].map(([, cell]) => cell)).toEqual([
    '?',
    '1 or more',
    '0',
  ]);
});

it('says of a rollout that goes on that nothing went otherwise so far', () => {
  expect(renderMarkdown(report())).toContain('None so far.');
  expect(renderMarkdown({ ...report(), outcome: 'done' })).toContain('None: everything went as planned');
});

it('shows times by the clocks of the zone, daylight saving included', () => {
  const [winter, summer] = [Date.UTC(2026, 0, 31, 23, 30), Date.UTC(2026, 6, 31, 22, 30)];
  const made = { ...report(), startedAtMs: winter, endedAtMs: summer };
  const text = renderMarkdown(made, { zone: 'Europe/Berlin' });
  expect(text).toContain('| Began | 2026-02-01 00:30:00 |');
  expect(text).toContain('| Ended | 2026-08-01 00:30:00 |');
  expect(renderMarkdown(made)).toContain('| Began | 2026-01-31 23:30:00 |');
  expect(() => renderMarkdown(made, { zone: 'Mars/Olympus' })).toThrow(RangeError);
});

it('compares what it took with what was reckoned', () => {
  const estimate = { totalMs: 7_200_000, endsAtMs: null, known: 1, guessed: 0, waves: {} };
  const text = renderMarkdown({ ...report(), estimate, startedAtMs: 0, endedAtMs: 5_400_000 });
  expect(text).toContain(
    '| Took | 1 h 30 min (reckoned when it was made, windows and approvals aside: 2 h, 75 % of it) |',
  );
});

it.each([
  [null, '-'],
  [0, '0 s'],
  [40, '<1 s'],
  [59_600, '1 min'],
  [725_000, '12 min 5 s'],
  [3_600_000, '1 h'],
  [93_780_000, '1 d 2 h'],
])('says %s ms as %s', (ms, words) => expect(span(ms)).toBe(words));

/** Cells of a table's row: the bars that are not escaped part them. */
function cells(line: string): number {
  return line.replaceAll(/\\./g, '').split('|').length;
}

it('stays a table of plain text whatever people and machines wrote', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (why, by) => {
      const deviations = [{ atMs: 0, kind: 'pause', place: '', by, why, text: why }] as const;
      const bare = report(() => ({ reason: why, todo: by, changes: [{ name: why, before: by, after: why }] }));
      const text = renderMarkdown({ ...bare, nodes: bare.nodes.slice(0, 2), deviations });
      const lines = text.split('\n');
      for (const [at, line] of lines.entries()) {
        if (!line.startsWith('|')) continue;
        const before = lines[at - 1] ?? '';
        if (before.startsWith('|')) expect(cells(line), line).toBe(cells(before));
      }
      // What is left of markup is ours.
      expect(text.replaceAll('<br>', '').replaceAll(/<\/?(details|summary)>/g, '')).not.toMatch(/(?<!\\)[<>]/);
    }),
  );
});
