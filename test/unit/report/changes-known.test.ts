import { expect, it } from 'vitest';
import type { EventBody } from '../../../shared/domain/events.ts';
import type { Proofs } from '../../../shared/domain/proof.ts';
import { reportOf } from '../../../shared/domain/report/report-of.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const PLAN = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } } });

const UPGRADE = { cluster: 'a', node: 'n1', round: 1, step: 'upgrade' } as const;

function journal(): WrittenJournal {
  return new WrittenJournal().begun();
}

function failedUpgrade(): WrittenJournal {
  return journal().claim('n1', 's').begin('n1', 'upgrade').fail('n1', 'upgrade');
}

/** The end of an upgrade, of one package unless the proof says otherwise. */
function ended(
  round = 1,
  proof: Partial<Proofs['upgrade']> = { changes: [{ name: 'linux', before: '1', after: '2' }] },
): EventBody {
  return { ...UPGRADE, type: 'step-done', round, proof, note: '' };
}

it.each<[string, boolean, number, WrittenJournal]>([
  ['none began', true, 0, journal().claim('n1', 's').begin('n1', 'drain').fail('n1', 'drain')],
  ['one works now', false, 0, journal().claim('n1', 's').begin('n1', 'upgrade')],
  [
    'one waits to be let begin',
    true,
    0,
    journal()
      .claim('n1', 's')
      .begin('n1', 'upgrade')
      .add({ type: 'step-waiting', ...UPGRADE, reason: 'packages are locked', held: true }),
  ],
  ['one failed', false, 0, failedUpgrade()],
  ['one failed, and its next attempt proved all', true, 1, failedUpgrade().begin('n1', 'upgrade').add(ended())],
  [
    'one failed, and a person repaired the node',
    false,
    0,
    failedUpgrade()
      .add({ type: 'node-repaired', cluster: 'a', node: 'n1', by: 'ann', why: '' })
      .claim('n1', 's', { round: 2 })
      .begin('n1', 'verify', 2),
  ],
  [
    'one failed, and the next round proved only what came after it',
    false,
    1,
    failedUpgrade().claim('n1', 's', { round: 2 }).begin('n1', 'upgrade', 2).add(ended(2)),
  ],
  [
    'the host cannot tell its packages',
    false,
    0,
    journal()
      .claim('n1', 's')
      .begin('n1', 'upgrade')
      .add(ended(1, { changes: [], changesKnown: false })),
  ],
])('knows what changed, or says that it does not: %s', (_name, changesKnown, count, written) => {
  const [node] = reportOf(PLAN, 'r-1', written.events).nodes;
  expect({ changesKnown: node?.changesKnown, count: node?.changes.length }).toEqual({ changesKnown, count });
});
