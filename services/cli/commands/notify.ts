import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { NotifyPolicy, NotifyTarget } from '../../../shared/domain/notify/target.ts';
import { testMessage } from '../../../shared/domain/notify/test-message.ts';
import { closest } from '../../../shared/domain/text.ts';
import { dateTime } from '../../../shared/domain/time/show.ts';
import type { Notifier } from '../../../shared/ports/notifier.ts';
import type { DeliveryRecord } from '../../../shared/ports/outbox.ts';
import { CliError, EXIT } from '../exit.ts';
import { type OutputFormat, refuseServerOf, withOutput, withRedis } from '../options.ts';
import { printListing } from '../output.ts';
import { withFleetFile } from '../plan/narrow-options.ts';
import type { Wiring } from '../wiring.ts';
import { withSession } from './rollout.ts';
import { fleetOf } from './schedule-options.ts';

interface ListOptions {
  readonly redis?: string;
  readonly data?: string;
  readonly output: OutputFormat;
}

/** `nodetide notify test|list` */
export function register(program: Command, wiring: Wiring): void {
  const notify = program.command('notify').description('notifications: try the targets, see what was sent');
  withFleetFile(
    notify.command('test [targets...]').description('send a test message to targets; default: to all'),
  ).action((targets: string[], { file }: { file: string }) => test(wiring, file, targets));
  const list = notify.command('list').description('what waits, was sent, or was given up');
  withOutput(withRedis(list)).action((options: ListOptions) => {
    refuseServerOf(wiring.env, 'notify list', options);
    return withSession(wiring, options, async ({ notifications }) => {
      const all = await notifications.list();
      await printListing(wiring.terminal, options.output, {
        data: all.map(dataOf),
        heading: ['STATE', 'TARGET', 'ATTEMPTS', 'SINCE', 'WHAT', 'ANSWER'],
        rows: all.map(({ delivery, state, attempts, addedAtMs, endedAtMs, note }) => {
          const since = dateTime(endedAtMs ?? addedAtMs);
          return [state, delivery.target.name, String(attempts), since, delivery.message.title, note];
        }),
        empty: 'nothing was to be told yet',
      });
    });
  });
}

function dataOf({ delivery, ...record }: DeliveryRecord): object {
  const { id, rollout, fleet, target, message } = delivery;
  const { event, severity, title, body } = message;
  return { id, rollout, fleet, target: target.name, kind: target.kind, event, severity, title, body, ...record };
}

async function test(wiring: Wiring, file: string, names: readonly string[]): Promise<void> {
  const { terminal } = wiring;
  const { name: fleet, notifications } = await fleetOf(terminal, file);
  if (!notifications) throw new CliError(EXIT.badInput, `${file} has no notifications`);
  const targets = chosen(notifications, names);
  const notifier = await wiring.openNotifier();
  const sent = targets.map(target => sendTest(wiring, notifier, fleet, notifications.pageUrl, target));
  const answers = await Promise.all(sent);
  for (const { target, note, ok } of answers)
    terminal.out(`${ok ? '✓' : '✗'} ${target.name} (${target.kind}): ${note}`);
  const failed = answers.filter(({ ok }) => !ok).length;
  if (failed > 0) throw new CliError(EXIT.failed, `${failed} of ${answers.length} targets did not take the message`);
}

function chosen({ targets }: NotifyPolicy, names: readonly string[]): readonly NotifyTarget[] {
  if (names.length === 0) return targets;
  return names.map(name => {
    const found = targets.find(target => target.name === name);
    if (found) return found;
    const known = targets.map(target => target.name);
    const meant = closest(name, known);
    const hint = meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`;
    throw new CliError(EXIT.badInput, `there is no target ${name}; ${hint}`);
  });
}

async function sendTest(
  { clock, user }: Wiring,
  notifier: Notifier,
  fleet: string,
  link: string,
  target: NotifyTarget,
): Promise<{ readonly target: NotifyTarget; readonly ok: boolean; readonly note: string }> {
  const message = testMessage(fleet, target.name, user, link, clock.now());
  const signal = AbortSignal.timeout(target.timeoutMs);
  const attempt = { id: `test-${randomUUID()}`, signal, mayLeave: async () => {}, hasLeft: () => {} };
  try {
    return { target, ok: true, note: await notifier.send(target, message, attempt) };
  } catch (error) {
    const { message: why, todo = '' } = failureOf(error);
    if (signal.aborted) return { target, ok: false, note: `no answer within ${target.timeoutMs} ms` };
    return { target, ok: false, note: [why, todo].filter(Boolean).join('\n  ') };
  }
}
