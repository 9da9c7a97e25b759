import { type FailureCode, fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { PackageManager, VersionLimit } from '../../../../shared/ports/packages.ts';
import type { StepContext } from '../../../../shared/ports/step.ts';
import type { UpgradeMemory } from './memory.ts';

type Context = StepContext<UpgradeMemory>;

/** How much of the log's end is looked at for the cause of a failure, characters. */
const TAIL = 8_000;
/** Executions cut short in one visit, before a person is asked. */
const MOST_CUTS = 3;
/** A host belongs to one node, so a cut name is still unique there; units have names of at most 255 characters. */
const MOST_NAME = 100;

/**
 * Runs the upgrade on the host to its end, or attaches to the one that runs. An execution cut short by a reboot (or
 * killed) is followed by another with a new id; so is, in a later attempt, one with a recorded exit code other than 0.
 * Returns the memory as kept and whether an earlier attempt had started it. Throws StepError as the manager explains.
 */
export async function execute(
  context: Context,
  manager: PackageManager,
  memory: UpgradeMemory,
  limit: VersionLimit | null,
): Promise<{ memory: UpgradeMemory; attached: boolean }> {
  let kept = memory;
  for (let cuts = 0; cuts < MOST_CUTS; cuts += 1) {
    kept = await begin(context, kept);
    const id = execIdOf(context, kept.execNo);
    let tail = '';
    const hear = (text: string): void => {
      tail = (tail + text).slice(-TAIL);
      context.log(text);
    };
    const script = manager.upgradeScript(context.policy.upgrade, limit);
    // What is read twice must be known as such: nothing else tells it from a second upgrade.
    const onAttached = ({ fromStart }: { readonly fromStart: boolean }): void =>
      context.log(`» attached to ${id}: its log ${fromStart ? 'from the start' : 'goes on'}\n`);
    const task = { id, fence: context.fence, script, onAttached };
    const result = await context.host.runDetached(task, hear, context.signal);
    if (result.kind === 'exited') {
      kept = { ...kept, ended: { kind: 'exited', exitCode: result.exitCode } };
      await context.remember(kept);
      if (result.exitCode === 0) return { memory: kept, attached: result.attached };
      throw failed(manager, result.exitCode, result.logTail ?? tail);
    }
    const why = result.kind === 'vanished' ? 'it was killed' : `the host was rebooted (boot id now ${result.bootId})`;
    // What was cut off may have stopped within a line.
    context.log(
      `${tail === '' || tail.endsWith('\n') ? '' : '\n'}» ${id} did not end: ${why}; the upgrade is run anew\n`,
    );
    kept = { ...kept, ended: { kind: 'cut' } };
    await context.remember(kept);
  }
  throw fail('packages-upgrade-failed', { message: `the upgrade was cut short ${MOST_CUTS} times` });
}

/** The id of an execution: the same one after a lost connection or a dead worker. */
export function execIdOf({ fence }: Pick<Context, 'fence'>, execNo: number): string {
  const node = fence.node.slice(0, MOST_NAME);
  return `${fence.rollout}-${node}-${fence.round}-upgrade-${execNo}`.replaceAll(/[^A-Za-z0-9._-]/g, '-');
}

async function begin(context: Context, memory: UpgradeMemory): Promise<UpgradeMemory> {
  await context.guard();
  if (memory.execNo > 0 && memory.ended === null) return memory;
  const next = { ...memory, execNo: memory.execNo + 1, ended: null };
  await context.remember(next);
  context.announce('Upgrading', `rollout ${context.fence.rollout} upgrades the packages of the host`);
  return next;
}

function failed(manager: PackageManager, exitCode: number, logTail: string) {
  const why = manager.explain(exitCode, logTail);
  const seen = `exit code ${exitCode}; the log ends with:\n${logTail.trim().slice(-2_000)}`;
  return fail(why.code as FailureCode, { message: why.message, seen, todo: why.todo });
}
