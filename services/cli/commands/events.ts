import type { Command } from 'commander';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import { nodeKey } from '../../../shared/domain/names.ts';
import { wholeNumber, withPlace } from '../options.ts';
import { eventLine } from '../render/event.ts';
import { painter } from '../render/paint.ts';
import type { Wiring } from '../wiring.ts';
import { pickRollout, withSession } from './rollout.ts';

interface Options {
  readonly redis?: string;
  readonly data?: string;
  readonly follow?: boolean;
  readonly tail?: number;
  readonly node?: string;
  readonly output: 'table' | 'json';
}

/** `nodetide events [ID]` */
export function register(program: Command, wiring: Wiring): void {
  const command = program
    .command('events')
    .description("print a rollout's journal, oldest first")
    .argument('[rollout]', 'its id or the beginning of it; default: the one that runs, else the latest')
    .option('-f, --follow', 'go on until the rollout is over')
    .option('--tail <count>', 'only the last ones', wholeNumber(1))
    .option('--node <name>', 'only those of this node')
    .option('-o, --output <format>', 'table, or json: one object a line', 'table');
  withPlace(command).action((asked: string | undefined, options: Options) =>
    withSession(wiring, options, async ({ rollouts }) => {
      const { id } = await pickRollout(rollouts, asked);
      const all = await rollouts.events(id);
      const past = all.filter(event => concerns(event, options.node));
      for (const event of past.slice(-(options.tail ?? past.length))) print(wiring, event, options);
      if (!options.follow || all.some(event => event.type === 'rollout-ended')) return;
      const stop = new AbortController();
      const forget = wiring.onInterrupt(() => stop.abort());
      try {
        for await (const event of rollouts.follow(id, all.at(-1)?.id ?? '', stop.signal)) {
          if (concerns(event, options.node)) print(wiring, event, options);
          if (event.type === 'rollout-ended') break;
        }
      } catch (error) {
        if (!stop.signal.aborted) throw error;
      } finally {
        forget();
      }
    }),
  );
}

function concerns(event: RolloutEvent, node: string | undefined): boolean {
  if (node === undefined) return true;
  if (!('node' in event) || !event.node || !event.cluster) return false;
  return event.node === node || nodeKey(event.cluster, event.node) === node;
}

function print({ terminal }: Wiring, event: RolloutEvent, options: Options): void {
  terminal.out(options.output === 'json' ? JSON.stringify(event) : eventLine(event, painter(terminal.colour)));
}
