import { InvalidArgumentError, type Command as Program } from 'commander';
import { type PlannedApproval, plannedApprovals } from '../../../shared/domain/approval/places.ts';
import { placeText } from '../../../shared/domain/command.ts';
import type { ApprovalStatus, RolloutStatus } from '../../../shared/domain/status.ts';
import { dateTime, duration } from '../../../shared/domain/time/show.ts';
import { ACT_WORDS } from '../../../shared/domain/words/act.ts';
import { type OutputFormat, withOutput, withPlace } from '../options.ts';
import { printListing } from '../output.ts';
import type { Wiring } from '../wiring.ts';
import { type ActOptions, actOn, withActOptions } from './act.ts';
import { findApprovalPlace } from './approval-place.ts';
import { pickRollout, readStatus, withSession } from './rollout.ts';

const PLACE = 'STAGE, CLUSTER or CLUSTER/WAVE; with stage, cluster, wave or canary before it where it may be several';

interface ListOptions {
  readonly redis?: string;
  readonly data?: string;
  readonly output: OutputFormat;
}

/** `nodetide approve PLACE`, `nodetide revoke PLACE`, `nodetide approvals` */
export function register(program: Program, wiring: Wiring): void {
  const approve = program
    .command('approve')
    .description(ACT_WORDS.approve.does)
    .argument('<place...>', PLACE)
    .option('--expires <time>', 'when nothing began by it in this time it is asked for anew: 30m, 2h', expiryMs);
  withActOptions(approve, false).action((words: string[], options: ActOptions & { expires?: number }) =>
    actOn(wiring, options, status => {
      const place = findApprovalPlace(status, words, 'wanted');
      const expiresAtMs = options.expires === undefined ? null : wiring.clock.now() + options.expires;
      return { commands: [{ kind: 'approve', place, expiresAtMs }] };
    }),
  );
  const revoke = program.command('revoke').description(ACT_WORDS.revoke.does).argument('<place...>', PLACE);
  withActOptions(revoke, false).action((words: string[], options: ActOptions) =>
    actOn(wiring, options, status => ({
      commands: [{ kind: 'revoke', place: findApprovalPlace(status, words, 'given') }],
    })),
  );
  const list = program
    .command('approvals')
    .description('list where a rollout waits for approval, and what was given')
    .argument('[rollout]', 'its id or the beginning of it; default: the one that runs, else the latest');
  withOutput(withPlace(list)).action((asked: string | undefined, options: ListOptions) => show(wiring, asked, options));
}

async function show(wiring: Wiring, asked: string | undefined, options: ListOptions): Promise<void> {
  await withSession(wiring, options, async ({ rollouts }) => {
    const { id } = await pickRollout(rollouts, asked);
    const [plan, status] = await Promise.all([rollouts.plan(id), readStatus(rollouts, id)]);
    const nowMs = wiring.clock.now();
    const rows = (plan ? plannedApprovals(plan) : []).map(planned => rowOf(planned, status, nowMs));
    const heading = ['PLACE', 'STATE', 'SINCE', 'BY', 'WHY'];
    const empty = 'no approval is asked for in this rollout';
    await printListing(wiring.terminal, options.output, { data: status.approvals, heading, rows, empty });
  });
}

function rowOf({ place }: PlannedApproval, { approvals }: RolloutStatus, nowMs: number): string[] {
  const name = placeText(place);
  const approval = approvals.find(each => placeText(each.place) === name);
  if (!approval) return [name, 'to come', '', '', ''];
  const since = duration(nowMs - approval.sinceMs);
  return [name, stateText(approval, nowMs), since, approval.by, approval.why];
}

function stateText({ state, expiresAtMs }: ApprovalStatus, nowMs: number): string {
  if (state === 'wanted') return 'waiting';
  if (state === 'used') return 'begun';
  if (expiresAtMs === null) return 'given';
  return nowMs < expiresAtMs ? `given until ${dateTime(expiresAtMs)}` : 'expired';
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function expiryMs(text: string): number {
  if (!/^(?:\d{1,6}[smhd])+$/.test(text))
    throw new InvalidArgumentError('a time with its unit, such as 30m or 1h30m, is needed.');
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  return parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
}
