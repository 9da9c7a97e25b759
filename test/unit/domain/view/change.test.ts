import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventBody, RolloutEvent } from '../../../../shared/domain/events.ts';
import { foldStatus, startFold } from '../../../../shared/domain/fold.ts';
import type { RolloutStatus } from '../../../../shared/domain/status.ts';
import { STEPS } from '../../../../shared/domain/steps.ts';
import { applyChange, changeBetween } from '../../../../shared/domain/view/change.ts';
import type { RolloutPicture } from '../../../../shared/domain/view/picture.ts';
import { pictureClusters, pictureOf } from '../../../../shared/domain/view/picture-of.ts';
import { BROKEN, WrittenJournal } from '../../../helpers/journal.ts';
import { tinyPlan } from '../../../helpers/plan.ts';

const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'] }, { nodes: ['n3'] }], b: [{ nodes: ['m1'] }] } } });
const clusters = pictureClusters(plan, {});

const names = fc.constantFrom(...(['a/n1', 'a/n2', 'a/n3', 'b/m1'] as const));
const wave = { cluster: fc.constantFrom('a', 'b'), wave: fc.constantFrom(0, 1) };
const by = { by: fc.constant('me'), why: fc.constantFrom('', 'an alert') };

/** Any event about any node or place, in any order: a fold takes whatever comes. */
const ofNode = fc.record({ name: names, step: fc.constantFrom(...STEPS), round: fc.integer({ min: 1, max: 2 }) });
const aboutNode = fc
  .tuple(ofNode, fc.constantFrom('claim', 'start', 'wait', 'done', 'attempt', 'fail', 'held', 'redo', 'skip', 'free'))
  .map(([{ name, step, round }, act]): EventBody => {
    const [cluster = '', node = ''] = name.split('/');
    const of = { cluster, node };
    const at = { ...of, step, round };
    const slot = { wave: node === 'n3' ? 1 : 0, slot: `s-${node}` };
    switch (act) {
      case 'claim':
        return { type: 'node-claimed', ...of, ...slot, round, adopted: false };
      case 'start':
        return { type: 'step-started', ...at, attempt: round, epoch: 1 };
      case 'wait':
        return { type: 'step-waiting', ...at, reason: 'a budget refuses', held: false, account: ['web-0'] };
      case 'done':
        return { type: 'step-done', ...at, proof: { of: step }, note: 'ok' };
      case 'attempt':
        return { type: 'attempt-failed', ...at, attempt: 1, failure: BROKEN, retryInMs: 5 };
      case 'fail':
        return { type: 'step-failed', ...at, attempt: 1, failure: BROKEN };
      case 'held':
        return { type: 'node-held', ...of, reason: 'not Ready' };
      case 'redo':
        return { type: 'node-redo-asked', ...of, by: 'me', why: '' };
      case 'skip':
        return { type: 'node-skipped', ...of, reason: 'as asked' };
      default:
        return { type: 'slot-released', ...of, ...slot };
    }
  });
const aboutPlaces: fc.Arbitrary<EventBody> = fc.oneof(
  fc.record({ type: fc.constant('wave-started' as const), ...wave }),
  fc.record({ type: fc.constant('cluster-done' as const), cluster: wave.cluster }),
  fc.record({ type: fc.constant('concurrency-changed' as const), ...wave, concurrency: fc.nat(5), ...by }),
  fc.record({
    type: fc.constant('waiting' as const),
    ...wave,
    slot: fc.constantFrom('', 's1'),
    reasons: fc.array(fc.constantFrom('closed', 'gate')),
  }),
  fc.record({ type: fc.constantFrom('rollout-paused' as const, 'rollout-resumed' as const), ...by }),
  fc.record({
    type: fc.constant('approval-wanted' as const),
    place: fc.constant({ of: 'stage', stage: 'dev' } as const),
    reason: fc.constant(''),
  }),
);

const journals = fc
  .array(fc.oneof({ weight: 3, arbitrary: aboutNode }, { weight: 1, arbitrary: aboutPlaces }), { maxLength: 30 })
  .map(bodies => new WrittenJournal().add(...bodies).events);

function picture(status: RolloutStatus, atMs = 0): RolloutPicture {
  return pictureOf({ atMs, status, clusters, estimate: null });
}

const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('a status that is taken again and again', () => {
  it('is that of the journal so far, and what was taken before stays as it was', () => {
    fc.assert(
      fc.property(journals, events => {
        const fold = startFold(plan, 'r-1');
        const taken: [RolloutStatus, string][] = [];
        events.forEach((event: RolloutEvent, index) => {
          fold.apply(event);
          const status = fold.status();
          expect(status).toEqual(foldStatus(plan, 'r-1', events.slice(0, index + 1)));
          taken.push([status, JSON.stringify(status)]);
        });
        for (const [status, text] of taken) expect(JSON.stringify(status)).toBe(text);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a change', () => {
  it('makes the picture before into the one after, also when both went over the wire', () => {
    fc.assert(
      fc.property(journals, fc.nat(30), (events, cut) => {
        const before = picture(foldStatus(plan, 'r-1', events.slice(0, cut)), 1);
        const after = picture(foldStatus(plan, 'r-1', events), 2);
        const change = changeBetween(before, after);
        if (change === null) expect({ ...before, atMs: 2 }).toEqual(after);
        else {
          expect(applyChange(before, change)).toEqual(after);
          expect(applyChange(sent(before), sent(change))).toEqual(sent(after));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('follows each event one after another, as a page does', () => {
    fc.assert(
      fc.property(journals, events => {
        const fold = startFold(plan, 'r-1');
        let [server, page] = [picture(fold.status()), picture(fold.status())];
        for (const event of events) {
          fold.apply(event);
          const next = picture(fold.status(), event.atMs);
          const change = changeBetween(server, next);
          if (change) page = applyChange(page, sent(change));
          server = next;
        }
        expect({ ...page, atMs: server.atMs }).toEqual(server);
      }),
      { numRuns: 60 },
    );
  });

  it('is null when only time has gone by', () => {
    const { events } = new WrittenJournal().begun().whole('n1', 's1');
    const before = picture(foldStatus(plan, 'r-1', events), 1);
    expect(changeBetween(before, picture(foldStatus(plan, 'r-1', events), 2))).toBeNull();
  });

  it('names one cell for one event, and leaves the others the very same', () => {
    const fold = startFold(plan, 'r-1');
    for (const event of new WrittenJournal().begun().claim('n1', 's1').events) fold.apply(event);
    const before = picture(fold.status());
    fold.apply({
      type: 'step-started',
      cluster: 'a',
      node: 'n1',
      step: 'drain',
      round: 1,
      attempt: 1,
      epoch: 1,
      id: '9000-0',
      atMs: 9000,
    });
    const after = picture(fold.status(), 9000);
    const change = changeBetween(before, after);
    expect(Object.keys(change?.cells ?? {})).toEqual(['a/n1']);
    expect(change?.rollout).toEqual({ lastEventId: '9000-0' });
    for (const key of ['a/n2', 'a/n3', 'b/m1']) expect(after.cells[key]).toBe(before.cells[key]);
    const applied = change && applyChange(before, change);
    expect(applied?.cells['a/n2']).toBe(before.cells['a/n2']);
    expect(applied?.rollout.clusters).toEqual(before.rollout.clusters);
  });
});
