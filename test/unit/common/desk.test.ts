import { expect, it } from 'vitest';
import { type DeskParts, planningDesk } from '../../../services/common/planning/desk.ts';
import type { Draft } from '../../../shared/domain/draft/draft.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import type { NewDraft } from '../../../shared/ports/draft-store.ts';

it('a draft that nobody could be asked to make is not left behind as one that is waited for', async () => {
  const kept = new Map<string, unknown>();
  const parts = {
    store: { now: async () => 0 },
    planners: { planners: async () => [{ fleetFile: '/fleet.yaml', clusters: [{ name: 'a' }], problems: [] }] },
    planningQueue: { addDraft: () => Promise.reject(new Error('Command timed out')) },
    drafts: {
      add: async ({ id }: NewDraft) => {
        kept.set(id, null);
        return { id } as Draft;
      },
      remove: async (id: string) => kept.delete(id),
    },
  } as unknown as DeskParts;
  const asked = planningDesk(parts).askDraft({ narrow: NOT_NARROWED, updates: false }, 'ann', '');
  await expect(asked).rejects.toThrow('Command timed out');
  expect([...kept.keys()]).toEqual([]);
});
