import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { renderMarkdown } from '../../../shared/domain/report/markdown/markdown.ts';
import { reportOf } from '../../../shared/domain/report/report-of.ts';
import { isZone } from '../../../shared/domain/time/zone.ts';
import { CliError, EXIT } from '../exit.ts';
import { withPlace } from '../options.ts';
import type { Wiring } from '../wiring.ts';
import { pickRollout, withSession } from './rollout.ts';

interface Options {
  readonly redis?: string;
  readonly data?: string;
  readonly output: 'markdown' | 'json';
  readonly file?: string;
  readonly zone: string;
}

/** `nodetide report [ID]` */
export function register(program: Command, wiring: Wiring): void {
  const command = program
    .command('report')
    .description('what was planned, what changed on each node, and what did not go as planned, for a change record')
    .argument('[rollout]', 'its id or the beginning of it; default: the one that runs, else the latest')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['markdown', 'json']).default('markdown'))
    .option('--file <path>', 'write it there instead of printing it')
    .option('--zone <name>', 'whose clocks the times in markdown are of', zoneName, localZone());
  withPlace(command).action((asked: string | undefined, options: Options) =>
    withSession(wiring, options, async ({ rollouts }) => {
      const { id } = await pickRollout(rollouts, asked);
      const [plan, events] = await Promise.all([rollouts.plan(id), rollouts.events(id)]);
      if (!plan) throw new CliError(EXIT.badInput, `there is no rollout ${id}`);
      const report = reportOf(plan, id, events);
      const { output, zone, file } = options;
      const text = output === 'json' ? `${JSON.stringify(report, null, 2)}\n` : renderMarkdown(report, { zone });
      if (file === undefined) wiring.terminal.out(text.trimEnd());
      else await write(file, text);
    }),
  );
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new CliError(EXIT.badInput, `${file} cannot be written: ${(error as Error).message}`);
  }
}

function zoneName(text: string): string {
  if (isZone(text)) return text;
  throw new InvalidArgumentError('the name of a time zone is needed, such as Europe/Berlin or UTC.');
}

function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
