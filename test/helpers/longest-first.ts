import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const ROOT = join(import.meta.dirname, '../..');

/** The files that last for half a minute or more on two cores, the longest first. */
const LONG = [
  'test/e2e/demo.test.ts',
  'test/integration/hosts/package-managers.test.ts',
  'test/e2e/order.test.ts',
  'test/chaos/two-installations.test.ts',
  'test/chaos/frozen-worker.test.ts',
  'test/e2e/cli.test.ts',
  'test/chaos/restore.test.ts',
  'test/chaos/kill-worker.test.ts',
  'test/e2e/lost-host.test.ts',
  'test/chaos/kill-scheduler.test.ts',
  'test/chaos/kill-redis.test.ts',
  'test/e2e/trouble.test.ts',
  'test/e2e/page.test.ts',
  'test/chaos/kill-upgrade.test.ts',
  'test/e2e/openssh.test.ts',
  'test/e2e/gates.test.ts',
  'test/chaos/full-disk.test.ts',
  'test/integration/hosts/real-apt.test.ts',
  'test/integration/drain/against-kubectl.test.ts',
  'test/integration/engine/generated.test.ts',
  'test/integration/simulator/large.test.ts',
  'test/integration/cluster/on-simulator.test.ts',
  'test/integration/drain/trouble.test.ts',
  'test/integration/engine/ownership.test.ts',
];
/** A project's files stay together, so that those that share a process can. */
const PROJECTS = ['real', 'fast'];

/** Orders the files so that no core is idle while the last of them is waited for: the short ones come last. */
export class LongestFirst extends BaseSequencer {
  /** Throws when a file that is listed as long is not there any more. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = LONG.filter(file => !existsSync(join(ROOT, file)));
    if (gone.length > 0) throw new Error(`test/helpers/longest-first.ts names ${gone.join(', ')}, which is not there`);
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ project, moduleId }: TestSpecification): number {
  const long = LONG.indexOf(relative(ROOT, moduleId));
  return PROJECTS.indexOf(project.name) * (LONG.length + 1) + (long === -1 ? LONG.length : long);
}
