import { type Register, runProgram } from '../../services/cli/program.ts';
import { serverAccess } from '../../services/cli/wire/remote/access.ts';
import { remoteSession } from '../../services/cli/wire/remote/session.ts';
import type { RedisPlace, Rollouts, Session } from '../../services/cli/wiring.ts';
import { rolloutsOf } from './api-server.ts';
import { FakeRollouts, FakeSession, FakeWiring } from './cli-wiring.ts';
import type { TestEngine } from './engine.ts';
import { tinyPlan } from './plan.ts';

/** The command line on a store of its own, or on the server that is named. */
export function remoteWiring(engine: Pick<TestEngine, 'store' | 'queues'>, env: Record<string, string> = {}) {
  const wiring = new FakeWiring(
    new FakeSession(new FakeRollouts(tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }] } } }))),
  );
  wiring.env = { ...wiring.env, ...env };
  const rollouts: Rollouts = {
    ...rolloutsOf(engine),
    create: () => Promise.reject(new Error('nothing is made here')),
  };
  const openSession = async (place: RedisPlace): Promise<Session> => {
    if (!place.server) return Object.assign(wiring.session, { rollouts }) as unknown as Session;
    return remoteSession(await serverAccess(place.server, wiring.env, text => wiring.terminal.err(text)));
  };
  return Object.assign(wiring, { openSession });
}

/** What a command prints and how it ends. */
export async function runOn(wiring: FakeWiring, commands: readonly Register[], args: readonly string[]) {
  const { terminal } = wiring;
  const code = await runProgram(commands, wiring, args);
  return { code, out: [...terminal.written, ...terminal.stdout], err: terminal.stderr };
}
