import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorldEntry } from '../../services/simulator/world.ts';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import { stepJobId } from '../../shared/domain/names.ts';
import type { UpgradeLane } from './upgrade-lane.ts';

type Hosted = UpgradeLane['hosts'][number];

/**
 * What is wrong after a lane's rollout has ended; empty: nothing. Each execution began once, never two at once, ended with its
 * code; the node is done, its log whole.
 */
export async function wrongIn(lane: UpgradeLane): Promise<string[]> {
  const [world, status] = await Promise.all([lane.farm.world(), lane.engine.status(lane.id)]);
  const events = await lane.engine.store.events(lane.id);
  const wrong = status.state === 'done' ? [] : [`the rollout ended as ${status.state}`];
  for (const hosted of lane.hosts) {
    const node = status.nodes[`${hosted.manager}/${hosted.name}`];
    const acts = world.filter(entry => entry.node === hosted.name);
    const tasks = begunTasks(acts);
    const found = [
      ...(node?.state === 'done' ? [] : [`the node is ${node?.state}`]),
      ...wrongActs(hosted, acts, tasks),
      ...wrongCodes(hosted, events, node?.steps.upgrade.proof),
      ...(await wrongLog(lane, hosted, tasks)),
    ];
    wrong.push(...found.map(each => `${hosted.name}: ${each}`));
  }
  return wrong;
}

function begunTasks(acts: readonly WorldEntry[]): string[] {
  return acts.filter(entry => entry.act === 'upgrade').map(entry => String(entry.detail['task']));
}

function wrongActs({ executions }: Hosted, acts: readonly WorldEntry[], tasks: readonly string[]): string[] {
  const did = acts.map(entry => entry.act).join(' ');
  const wanted = executions.map(({ code }) => (code === null ? 'upgrade down up' : 'upgrade upgraded')).join(' ');
  const ended = executions.filter(({ code }) => code !== null);
  const codes = acts.filter(entry => entry.act === 'upgraded').map(entry => entry.detail['code']);
  return [
    ...(did === wanted ? [] : [`its world saw ${did}, not ${wanted}`]),
    ...(new Set(tasks).size === tasks.length ? [] : [`an execution began twice: ${tasks.join(', ')}`]),
    ...(codes.join() === ended.map(({ code }) => code).join() ? [] : [`it ended with ${codes.join()}`]),
  ];
}

function wrongCodes({ name, executions }: Hosted, events: readonly RolloutEvent[], proof: unknown): string[] {
  const failures = events.flatMap(event =>
    event.type === 'step-failed' && event.node === name && event.step === 'upgrade' ? [event.failure.seen ?? ''] : [],
  );
  const told = failures.map(seen => Number(/^exit code (\d+)/.exec(seen)?.[1]));
  const failed = executions.map(({ code }) => code).filter(code => code !== null && code !== 0);
  const { exitCode } = (proof ?? {}) as { readonly exitCode?: number };
  return [
    ...(told.join() === failed.join() ? [] : [`exit codes ${told.join()} were told, not ${failed.join()}`]),
    ...(exitCode === 0 ? [] : [`the proof has the exit code ${exitCode}`]),
  ];
}

/** The log as `nodetide logs` prints it, against what the command wrote on the host. */
async function wrongLog(lane: UpgradeLane, hosted: Hosted, tasks: readonly string[]): Promise<string[]> {
  const folder = join(hosted.host.root, 'var/lib/nodetide/tasks');
  const written = await Promise.all(
    tasks.map(async id => ({ id, text: await readFile(join(folder, id, 'log'), 'utf8') })),
  );
  const lost = written.filter(({ text }, index) => {
    const { log, code } = hosted.executions[index] ?? { log: '?', code: 0 };
    return code !== null && !text.includes(log);
  });
  const job = stepJobId(lane.id, hosted.manager, hosted.name, 1, 'upgrade');
  const { logs } = await lane.engine.queues.queue('upgrade').getJobLogs(job);
  const restarts = lane.redis.events.some(event => event.kind === 'restarted');
  // A Redis that dies before it answers is told the row once more.
  const rows = restarts ? logs.filter((row, index) => row !== logs[index - 1]) : logs;
  return [...lost.map(({ id }) => `the host's log of ${id} is not what was printed`), ...brokenLog(rows, written)];
}

/**
 * What is wrong in the rows of a node's log: in order, without gaps; twice only from where a mark says `from the start`.
 * A row may end within a line.
 */
export function brokenLog(
  rows: readonly string[],
  written: readonly { readonly id: string; readonly text: string }[],
): string[] {
  let [execution, position] = [0, 0];
  const wanted = () => (written[execution]?.text ?? '').replaceAll('\n', '');
  for (const [index, line] of rows.join('\n').split('\n').entries()) {
    const again = /^» attached to (\S+): its log from the start$/.exec(line)?.[1];
    if (again !== undefined) {
      const number = written.findIndex(({ id }) => id === again);
      // One that never began has no log, and is followed by another.
      if (number >= 0) [execution, position] = [number, 0];
      continue;
    }
    if (line === '' || line.startsWith('» ')) continue;
    if (position === wanted().length && execution + 1 < written.length) [execution, position] = [execution + 1, 0];
    if (!wanted().startsWith(line, position))
      return [
        `its log has ${JSON.stringify(line.slice(0, 80))} in line ${index + 1}, at ${position} of execution ${execution + 1}`,
      ];
    position += line.length;
  }
  const whole = execution === written.length - 1 && position === wanted().length;
  return whole
    ? []
    : [`its log ends at ${position} of ${wanted().length} in execution ${execution + 1} of ${written.length}`];
}
