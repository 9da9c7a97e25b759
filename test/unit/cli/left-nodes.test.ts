import { expect, it } from 'vitest';
import { leftNodeLines } from '../../../services/cli/render/left-nodes.ts';
import { painter } from '../../../services/cli/render/paint.ts';
import { width } from '../../../services/cli/render/text.ts';
import type { NodeLeft } from '../../../shared/domain/events.ts';
import { leftNodes } from '../../../shared/domain/left-nodes.ts';
import { nodeStatus, rolloutStatus } from '../../helpers/rollout-status.ts';

const well: NodeLeft = { well: true, state: 'uncordoned again: schedulable', todo: '' };
const due: NodeLeft = { ...well, todo: 'A reboot is still due: the next rollout sees to it' };
const bad: NodeLeft = {
  well: false,
  state: 'the upgrade was begun and may still run on the host (task r-1-b-1-upgrade-1); b is cordoned, Ready',
  todo: 'Wait for the end of the upgrade on the host and see that it ended well; then give it back: nodetide release c/b',
};
const nodes = [
  nodeStatus('a', 'aborted', { step: 'drain', left: well }),
  nodeStatus('b', 'aborted', { step: 'upgrade', left: bad }),
  nodeStatus('c', 'skipped', { step: 'reboot', left: due }),
  nodeStatus('d', 'aborted', { step: 'verify', reason: 'told by an older version' }),
  nodeStatus('e', 'aborted', { round: 0, reason: 'aborted before it was begun' }),
  nodeStatus('f', 'done', { step: 'uncordon' }),
  nodeStatus('g', 'claimed', { step: 'verify', reason: 'soaking' }),
  nodeStatus('h', 'failed', { step: 'reboot', reason: 'away' }),
  nodeStatus('i', 'pending'),
  nodeStatus('j', 'excluded', { round: 0, reason: 'gone' }),
  nodeStatus('k', 'excluded', { step: null, reason: 'excluded by ann' }),
];
const made = [{ name: 'c', waves: [{ nodes }] }];

it('names every node not left well, what is still due, and while aborting those on their way; no others', () => {
  const names = (state: 'running' | 'aborting' | 'aborted') =>
    leftNodes(rolloutStatus(made, { state })).map(({ node, kind, well: isWell }) => [node, kind, isWell]);
  const ended = [
    ['b', 'aborted', false],
    ['c', 'skipped', true],
    ['d', 'aborted', false],
    ['k', 'excluded', false],
  ];
  expect(names('aborted')).toEqual(ended);
  expect(names('running')).toEqual(ended);
  expect(names('aborting')).toEqual([
    ...ended.slice(0, 3),
    ['g', 'ending', false],
    ['h', 'ending', false],
    ...ended.slice(3),
  ]);
  expect(leftNodes(rolloutStatus(made, { state: 'aborted' }))[2]).toMatchObject({
    state: 'told by an older version',
    todo: expect.stringContaining('nodetide release c/d'),
  });
});

it('is shown in 80 columns, whole', () => {
  const view = { columns: 80, paint: painter(false) };
  const lines = leftNodeLines(rolloutStatus(made, { state: 'aborting' }), { troubles: 9 }, view);
  expect(lines.filter(line => width(line) > 80)).toEqual([]);
  expect(lines.slice(0, 8)).toEqual([
    '',
    'Left for a person: 3 to put right, 2 still ending, 1 in service with more to do',
    '✗ c/b aborted in upgrade',
    '  left  the upgrade was begun and may still run on the host (task',
    '        r-1-b-1-upgrade-1); b is cordoned, Ready',
    '  do    Wait for the end of the upgrade on the host and see that it ended well;',
    '        then give it back: nodetide release c/b',
    '✓ c/c skipped in reboot',
  ]);
  expect(leftNodeLines(rolloutStatus(made), { troubles: 1 }, view).at(-1)).toBe('… 3 more: nodetide status');
  expect(leftNodeLines(rolloutStatus([]), { troubles: 1 }, view)).toEqual([]);
});
