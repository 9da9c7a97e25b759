import { describe, expect, it } from 'vitest';
import { Library } from '../../helpers/recordings/library.ts';
import { loadRecordings } from '../../helpers/recordings/recording.ts';
import { replay } from '../../helpers/recordings/replay.ts';

const recordings = loadRecordings();
const library = new Library(recordings);

describe.concurrent('the simulated API server against recordings of a real one', () => {
  for (const recording of recordings)
    it(`${recording.name}: ${recording.description}`, async () => {
      const found = await replay(recording, library);
      expect(found).toEqual([]);
    });
});
