import { describe, expect, it } from 'vitest';
import { DOCUMENTED } from '../../helpers/recordings/differences.ts';
import { Library } from '../../helpers/recordings/library.ts';
import { loadRecordings } from '../../helpers/recordings/recording.ts';
import { type Found, replay } from '../../helpers/recordings/replay.ts';

const recordings = loadRecordings();
const library = new Library(recordings);
const replayed = new Set<string>();
const seen = new Set<string>();

describe.concurrent('the simulated API server answers as a real one did', () => {
  for (const recording of recordings)
    it(recording.name, async () => {
      const found = await replay(recording, library);
      replayed.add(recording.name);
      const unexplained = found.filter(difference => {
        const entry = DOCUMENTED.find(one => one.covers(difference));
        if (entry !== undefined) seen.add(entry.id);
        return entry === undefined;
      });
      expect(unexplained.slice(0, 20).map(told)).toEqual([]);
    });
});

function told({ seq, request, at, recorded, live }: Found): string {
  const short = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 200);
  return `${seq} ${request.slice(0, 120)}: ${at}: recorded ${short(recorded)}, now ${short(live)}`;
}

describe('the documented differences', () => {
  it('are all there still', context => {
    if (replayed.size < recordings.length) context.skip('not every recording was replayed');
    expect(DOCUMENTED.filter(({ id }) => !seen.has(id))).toEqual([]);
  });
});
