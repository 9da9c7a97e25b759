import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderNode } from '../../../services/cli/render/node-page.ts';
import { leftLines } from '../../../services/cli/render/node-state.ts';
import { renderStatus } from '../../../services/cli/render/status.ts';
import { width } from '../../../services/cli/render/text.ts';
import { analyseBlock } from '../../../shared/domain/block/analyse.ts';
import type { Block } from '../../../shared/domain/block/block.ts';
import { blockLines, blockReason } from '../../../shared/domain/block/render.ts';
import { NODE_STATES } from '../../../shared/domain/events.ts';
import { STEPS } from '../../../shared/domain/steps.ts';
import { BLOCK_CASES } from '../../helpers/block-cases.ts';
import { BEGAN_MS, nodeStatus, rolloutStatus } from '../../helpers/rollout-status.ts';

const NOW = BEGAN_MS + 754_000;
const at = (seconds: number) => ({ startedAtMs: NOW - seconds * 1000 });
const over = { state: 'done', endedAtMs: BEGAN_MS + 300_000 } as const;
const names = (count: number, prefix = 'node') =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(2, '0')}`);

const midway = rolloutStatus([
  { name: 'dev', ...over, waves: [{ ...over, nodes: names(6, 'dev').map(name => nodeStatus(name, 'done')) }] },
  {
    name: 'eu-1',
    stage: 'staging',
    startedAtMs: BEGAN_MS + 301_000,
    waves: [
      { name: '1+4', ...over, nodes: names(3, 'a').map(name => nodeStatus(name, 'done')) },
      {
        name: '2+5',
        startedAtMs: BEGAN_MS + 500_000,
        concurrency: 3,
        waiting: [
          {
            slot: 's2',
            sinceMs: NOW - 41_000,
            reasons: ['budget shop/web allows no disruption', '2 nodes away already'],
          },
        ],
        nodes: [
          nodeStatus('b-01', 'done'),
          nodeStatus('b-02', 'claimed', { step: 'upgrade', at: { ...at(63), note: '12 packages to fetch' } }),
          nodeStatus('b-03', 'claimed', {
            step: 'reboot',
            controlPlane: true,
            at: {
              ...at(200),
              state: 'waiting',
              attempt: 2,
              retryAtMs: NOW + 12_000,
              failure: { code: 'host-unreachable', message: 'no answer from 10.1.2.3:22 for 60s', retryable: true },
            },
          }),
          nodeStatus('b-04', 'claimed', { step: 'uncordon', at: { ...at(20), state: 'done', endedAtMs: NOW - 9000 } }),
          nodeStatus('b-05', 'pending'),
        ],
      },
      { name: '3+6', state: 'pending', startedAtMs: null, nodes: [nodeStatus('c-01', 'pending')] },
    ],
  },
  { name: 'production', state: 'pending', startedAtMs: null, waves: [{ nodes: [nodeStatus('p-01', 'pending')] }] },
]);

const stuck = rolloutStatus(
  [
    {
      name: 'production',
      waves: [
        {
          waiting: [{ slot: 's1', sinceMs: NOW - 5000, reasons: ['the failure budget (0) is spent'] }],
          nodes: [
            nodeStatus('web-01', 'failed', {
              step: 'reboot',
              reason: 'host did not return',
              at: {
                state: 'failed',
                attempt: 3,
                endedAtMs: NOW - 61_000,
                failure: {
                  code: 'reboot-timeout',
                  message: 'The host did not answer within 30m00s after the reboot order.',
                  retryable: false,
                  seen: 'connect ECONNREFUSED 10.1.2.3:22, 58 times\nlast at 12:11:30',
                  leftAs: 'cordoned and drained, rebooting or down',
                  todo: 'Look at the console of the host; when it is back, retry the node.',
                },
              },
            }),
            nodeStatus('web-02', 'pending', { reason: 'its roles changed since the plan was made' }),
            nodeStatus('web-03', 'pending'),
          ],
        },
      ],
    },
  ],
  { state: 'waiting-on-person' },
);

const blocks = BLOCK_CASES.filter(each =>
  ['maxUnavailable 0', 'pending: no room, while nodes are away'].includes(each.name),
).map(({ pod, answer, facts }) => analyseBlock(pod, answer, facts));
const [never, noRoom] = blocks as [Block, Block];

/** One node waits for an eviction, another failed over one. */
const blocked = rolloutStatus(
  [
    {
      name: 'production',
      waves: [
        {
          nodes: [
            nodeStatus('web-01', 'claimed', {
              step: 'drain',
              reason: blockReason(noRoom, 0),
              at: { ...at(252), note: blockReason(noRoom, 0), account: blockLines(noRoom) },
            }),
            nodeStatus('web-02', 'failed', {
              step: 'drain',
              at: {
                state: 'failed',
                endedAtMs: NOW - 61_000,
                account: blockLines(never),
                failure: {
                  code: 'drain-timeout',
                  message: 'web-02 was not drained in time: 1 pod left',
                  retryable: false,
                  seen: blockLines(never)[0] ?? '',
                  leftAs: 'cordoned, the other pods are evicted',
                  todo: 'Let the budget give one up, then retry the node.',
                },
              },
            }),
          ],
        },
      ],
    },
  ],
  { state: 'running' },
);

const crowd = rolloutStatus(
  names(4, 'region').map(name => ({
    name,
    waves: [
      {
        concurrency: 40,
        nodes: names(40).map((node, index) =>
          nodeStatus(node, 'claimed', { step: index % 3 === 0 ? 'drain' : 'verify', at: at(index) }),
        ),
      },
    ],
  })),
);

const seen = `${Array.from({ length: 40 }, (_, index) => `row ${index + 1} of apt`).join('\n')}\nE: dpkg was interrupted`;

const golden = (name: string) => join(import.meta.dirname, 'golden', `${name}.txt`);

describe('leftLines', () => {
  const held = { state: 'waiting' } as const;
  const status = rolloutStatus([
    {
      name: 'production',
      waves: [
        {
          nodes: [
            nodeStatus('web-01', 'failed', {
              step: 'upgrade',
              at: {
                state: 'failed',
                failure: {
                  code: 'x',
                  message: 'm',
                  retryable: false,
                  leftAs:
                    'packages may be half upgraded; web-01 is cordoned, Ready, still carrying the mark of this work',
                },
              },
            }),
            nodeStatus('web-02', 'claimed', {
              step: 'reboot',
              reason: 'failure budget spent: held before reboot',
              at: held,
            }),
          ],
        },
      ],
    },
  ]);

  it('says how each node is left, broken at words', () => {
    expect(leftLines(status, 60)).toEqual([
      '  production/web-01: failed in upgrade: packages may be',
      '    half upgraded; web-01 is cordoned, Ready, still carrying',
      '    the mark of this work',
      '  production/web-02: failure budget spent: held before',
      '    reboot; may be cordoned and partly drained',
    ]);
  });
});

describe('renderStatus', () => {
  for (const [name, status] of Object.entries({ midway, stuck, blocked })) {
    for (const columns of [80, 160]) {
      it(`shows ${name} in ${columns} columns`, async () => {
        const lines = renderStatus(status, NOW, { columns, rows: 40, colour: false, timeZone: 'UTC' });
        await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(golden(`${name}-${columns}`));
      });
    }
  }

  it('shows a blocked node in a low terminal, and where the rest is', async () => {
    const lines = renderStatus(blocked, NOW, { columns: 80, rows: 22, colour: false, timeZone: 'UTC' });
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(golden('blocked-80x22'));
  });

  for (const columns of [80, 160]) {
    it(`shows all of a blocked node in ${columns} columns`, async () => {
      const view = { columns, rows: Number.POSITIVE_INFINITY, colour: false, timeZone: 'UTC' };
      const lines = Object.values(blocked.nodes).flatMap(node => [...renderNode(node, NOW, view), '']);
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(golden(`blocked-node-${columns}`));
    });
  }

  it('keeps the end of a long sighting, which tells most', () => {
    const step = { state: 'failed', failure: { code: 'x', message: 'm', retryable: false, seen } } as const;
    const status = rolloutStatus([
      { name: 'c', waves: [{ nodes: [nodeStatus('n', 'failed', { step: 'upgrade', at: step })] }] },
    ]);
    const lines = renderStatus(status, NOW, { columns: 80, rows: 40, colour: false });
    const at = lines.findIndex(line => line.startsWith('  seen'));
    expect(lines.slice(at, at + 7)).toEqual([
      expect.stringMatching(/^ {2}seen {2}row 1 /),
      '        …',
      expect.any(String),
      expect.any(String),
      expect.any(String),
      expect.stringMatching(/interrupted$/),
      expect.stringMatching(/^ {2}then /),
    ]);
  });

  it('folds what does not fit and counts it', async () => {
    const lines = renderStatus(crowd, NOW, { columns: 80, rows: 24, colour: false, timeZone: 'UTC' });
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(golden('crowd-80x24'));
  });

  it('shows every node when there is room', () => {
    const lines = renderStatus(crowd, NOW, { columns: 80, rows: Number.POSITIVE_INFINITY, colour: false });
    expect(lines.filter(line => line.includes('▸ node-'))).toHaveLength(160);
  });

  it('carries its meaning without colour and adds colour only as escapes', () => {
    const plain = renderStatus(stuck, NOW, { columns: 100, rows: 50, colour: false, timeZone: 'UTC' });
    const painted = renderStatus(stuck, NOW, { columns: 100, rows: 50, colour: true, timeZone: 'UTC' });
    expect(plain.join('\n')).not.toContain('\u001b');
    expect(stripVTControlCharacters(painted.join('\n'))).toBe(plain.join('\n'));
    expect(painted.join('\n')).not.toBe(plain.join('\n'));
  });

  it('lets nothing from outside reach the terminal as a command', () => {
    const nasty = 'x\u001b]0;title\u0007\u001b[2J\r\nnext\u009b31m';
    const status = rolloutStatus([
      { name: 'c', waves: [{ nodes: [nodeStatus('n', 'claimed', { step: 'upgrade', at: { note: nasty } })] }] },
    ]);
    const lines = renderStatus(status, NOW, { columns: 160, rows: 40, colour: false });
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
    expect(lines.join('\n')).toContain('next');
  });

  it('never exceeds columns and rows, whatever is shown', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('漢字漢字漢字', '👩‍👩‍👧 family', 'a\nb\tc'));
    const node = fc
      .record({ name: text, state: fc.constantFrom(...NODE_STATES), step: fc.constantFrom(...STEPS), reason: text })
      .map(({ name, state, step, reason }) => nodeStatus(name, state, { step, reason, at: { note: reason } }));
    const wave = fc.record({ nodes: fc.array(node, { maxLength: 12 }), name: text });
    const clusters = fc.array(fc.record({ name: text, waves: fc.array(wave, { maxLength: 3 }) }), { maxLength: 4 });
    const size = fc.record({ columns: fc.integer({ min: 20, max: 200 }), rows: fc.integer({ min: 3, max: 60 }) });
    fc.assert(
      fc.property(clusters, size, (made, { columns, rows }) => {
        const lines = renderStatus(rolloutStatus(made), NOW, { columns, rows, colour: false });
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(width(line), line).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
