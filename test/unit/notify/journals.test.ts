import { expect, it } from 'vitest';
import type { NotifyDeps } from '../../../services/scheduler/notify/deps.ts';
import { Journals } from '../../../services/scheduler/notify/journals.ts';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import type { Followed } from '../../../shared/ports/outbox.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { hookTarget, route, toldPlan } from '../../helpers/notify.ts';

/** Journals over these events, with an outbox that keeps what it is told. */
function over(events: readonly RolloutEvent[]) {
  const plan = toldPlan({ targets: [hookTarget('ops')], routes: [route(['ops'])] });
  const titles: string[] = [];
  let kept: Followed = { revision: 0, position: '', told: [], isOver: false };
  const deps = {
    outbox: {
      unfinished: async () => (kept.isOver ? [] : ['r-1']),
      followed: async () => kept,
      advance: async (
        _: string,
        revision: number,
        to: Omit<Followed, 'revision'>,
        told: { message: { title: string } }[],
      ) => {
        if (revision !== kept.revision) return false;
        kept = { ...to, revision: revision + 1 };
        titles.push(...told.map(({ message }) => message.title));
        return true;
      },
    },
    store: {
      plan: async () => plan,
      now: async () => 1,
      events: async (_: string, after: string, limit: number) => {
        const from = events.findIndex(({ id }) => id === after) + 1;
        return events.slice(from, from + limit);
      },
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
  return { journals: new Journals(deps as unknown as NotifyDeps), kept: () => kept, titles };
}

it.each([499, 500, 501])('keeps that all of a journal of %d events was told', async length => {
  const written = new WrittenJournal().begun();
  while (written.events.length < length - 1) written.add({ type: 'mended', what: 'a job was missing' });
  const { journals, kept, titles } = over(written.add({ type: 'rollout-ended', outcome: 'done' }).events);
  await journals.look();
  expect(kept()).toMatchObject({ isOver: true, position: `${length}000-0` });
  const { revision } = kept();
  await journals.look();
  expect(kept().revision).toBe(revision);
  expect(titles.map(title => title.split(' ')[2])).toEqual(['of', 'done']);
});
