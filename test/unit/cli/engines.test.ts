import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { rolloutsOf } from '../../../services/cli/wire/rollouts.ts';
import type { EngineStore } from '../../../shared/ports/engine-store.ts';
import type { EngineProcess } from '../../../shared/ports/store.ts';
import type { Queues } from '../../../shared/queue/queues.ts';

it('an engine that was killed on this machine a moment ago does not count; one elsewhere does', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const engine = (host: string, pid: number): EngineProcess => ({
    id: `${host}-${pid}`,
    role: 'scheduler',
    host,
    pid,
    steps: [],
    seenAtMs: 0,
  });
  const dead = child.pid ?? 0;
  const all = [engine(hostname(), dead), engine(hostname(), process.pid), engine('elsewhere', dead)];
  const store = { engines: () => Promise.resolve(all) } as Partial<EngineStore> as EngineStore;
  const alive = await rolloutsOf(store, store, {} as Queues).engines();
  expect(alive).toEqual(all.slice(1));
});
