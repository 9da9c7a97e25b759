import type { Command as Program } from 'commander';
import type { RolloutStatus } from '../../../shared/domain/status.ts';
import { ACT_WORDS, sureText } from '../../../shared/domain/words/act.ts';
import { leftNodesText } from '../render/left-nodes.ts';
import type { Rollouts, Wiring } from '../wiring.ts';
import { type ActOptions, actOn, withActOptions } from './act.ts';
import { readStatus } from './rollout.ts';

/** What runs hears of an abort within seconds; giving nodes back takes a few more. */
const WAIT_MS = 20_000;
const LOOK_MS = 500;

/** `nodetide abort`: ends a rollout, waits a little for what runs to end, and lists what a person has to look after. */
export function registerAbort(program: Program, wiring: Wiring): void {
  const sure = sureText('abort');
  const command = program
    .command('abort')
    .description(ACT_WORDS.abort.does)
    .option('--no-wait', 'do not wait for what runs to end, and list nothing');
  withActOptions(command, true).action((options: ActOptions & { readonly wait: boolean }) =>
    actOn(wiring, options, () => ({
      commands: [{ kind: 'abort' }],
      ...(sure === undefined ? {} : { sure }),
      ...(options.wait && { afterwards: (rollouts: Rollouts, id: string) => showLeft(wiring, rollouts, id) }),
    })),
  );
}

async function showLeft(wiring: Wiring, rollouts: Rollouts, id: string): Promise<void> {
  const { terminal } = wiring;
  const status = await endOf(wiring, rollouts, id);
  for (const line of leftNodesText(status, terminal)) terminal.out(line);
  if (status.state === 'aborting') terminal.out(`it has not ended yet; to see the list later: nodetide status ${id}`);
}

/** The rollout once it has ended, or as it is when that takes too long or nobody is there to end it. */
async function endOf({ clock }: Wiring, rollouts: Rollouts, id: string): Promise<RolloutStatus> {
  const untilMs = clock.now() + WAIT_MS;
  for (;;) {
    const status = await readStatus(rollouts, id);
    const isWaitedFor = status.state === 'aborting' && (await rollouts.engines()).length > 0;
    if (!isWaitedFor || clock.now() >= untilMs) return status;
    await clock.sleep(LOOK_MS);
  }
}
