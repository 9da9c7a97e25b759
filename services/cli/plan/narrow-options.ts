import { type Command, InvalidArgumentError } from 'commander';
import type { Narrow } from '../../../shared/domain/plan-build/narrow.ts';
import { wholeNumber } from '../options.ts';

/** The options as commander gives them. */
export interface NarrowOptions {
  readonly cluster?: string[];
  readonly wave?: string[];
  readonly node?: string[];
  readonly limit?: number;
  readonly selector?: string;
}

/** Adds `-f, --file`. */
export function withFleetFile(command: Command): Command {
  return command.option('-f, --file <path>', 'the fleet file', 'fleet.yaml');
}

/** Adds the options that narrow a plan. */
export function withNarrow(command: Command): Command {
  const list = (word: string, before: string[] | undefined) => {
    const names = word.split(',').filter(Boolean);
    // A variable of a script that is empty must not mean everything.
    if (names.length === 0) throw new InvalidArgumentError('It names nothing.');
    return [...(before ?? []), ...names];
  };
  return command
    .option('--cluster <names>', 'only these clusters (comma-separated or repeated)', list)
    .option('--wave <waves>', 'only these waves, by name (1+4) or by a sequence in it', list)
    .option('--node <names>', 'only these nodes (NODE or CLUSTER/NODE)', list)
    .option('-l, --selector <labels>', 'only Nodes with these labels, as kubectl has it')
    .option('--limit <count>', 'only the first so many nodes of those left', wholeNumber(1));
}

/** What the options mean. */
export function narrowOf(options: NarrowOptions): Narrow {
  return {
    clusters: options.cluster ?? [],
    waves: options.wave ?? [],
    nodes: options.node ?? [],
    limit: options.limit ?? null,
    selector: options.selector ?? '',
  };
}
