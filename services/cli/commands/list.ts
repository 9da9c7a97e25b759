import type { Command } from 'commander';
import { dateTime } from '../../../shared/domain/time/show.ts';
import { type OutputFormat, withOutput, withPlace } from '../options.ts';
import { printListing } from '../output.ts';
import type { Wiring } from '../wiring.ts';
import { withSession } from './rollout.ts';

/** `nodetide list` */
export function register(program: Command, wiring: Wiring): void {
  const command = program.command('list').alias('ls').description('list the rollouts, newest first');
  withOutput(withPlace(command)).action((options: { redis?: string; data?: string; output: OutputFormat }) =>
    withSession(wiring, options, async ({ rollouts }) => {
      const all = (await rollouts.list()).toSorted((a, b) => b.createdAtMs - a.createdAtMs);
      await printListing(wiring.terminal, options.output, {
        data: all,
        heading: ['ROLLOUT', 'FLEET', 'STATE', 'DONE', 'FAILED', 'CREATED', 'BY', 'CLUSTERS'],
        rows: all.map(({ id, fleet, state, nodes, createdAtMs, by, clusters }) => {
          const done = `${nodes.done}/${nodes.total}`;
          return [id, fleet, state, done, String(nodes.failed), dateTime(createdAtMs), by, clusters.join(',')];
        }),
        empty: 'there is no rollout yet',
      });
    }),
  );
}
