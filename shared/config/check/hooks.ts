import { layersOf } from '../compile/layers.ts';
import type { Finding, Path } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';
import type { HookFile } from '../schema/hooks.ts';

/** Hooks that could never run, or never do what they say. */
export function checkHooks(file: FleetFile): Finding[] {
  return Object.keys(file.clusters).flatMap(cluster => [
    ...layersOf(file, cluster, 'policy').flatMap(({ path, value }) => checkList(value.hooks, [...path, 'hooks'], null)),
    ...layersOf(file, cluster, 'roles').flatMap(layer =>
      Object.entries(layer.value).flatMap(([role, { policy }]) =>
        checkList(policy.hooks, [...layer.path, role, 'policy', 'hooks'], role),
      ),
    ),
  ]);
}

function checkList(hooks: readonly HookFile[] | undefined, path: Path, role: string | null): Finding[] {
  const names = new Map<string, number>();
  return (hooks ?? []).flatMap((hook, index) => {
    const at: Path = [...path, index];
    const first = names.get(hook.name);
    if (first === undefined) names.set(hook.name, index);
    const twice =
      first === undefined
        ? []
        : [finding('hook-twice', [...at, 'name'], `hook ${hook.name} is there already, as number ${first + 1}`)];
    return [...twice, ...checkOne(hook, at, role)];
  });
}

function checkOne(hook: HookFile, at: Path, role: string | null): Finding[] {
  const { name, when, of, on, outcomes, onFailure } = hook;
  const together = of === 'wave' || of === 'cluster';
  const found: Finding[] = [];
  if (together && role !== null) {
    const message = `hook ${name} is of a ${of}, which has nodes of other roles too; move it to the policy of the cluster`;
    found.push(finding('hook-in-role', [...at, 'of'], message));
  }
  if (together && on === 'host') {
    const message = `hook ${name} would run on a host, but a ${of} has many; hooks of waves and clusters run on: control`;
    found.push(finding('hook-without-host', [...at, 'on'], message));
  }
  if (when === 'before' && outcomes !== undefined) {
    const message = `hook ${name} runs before, when there is no outcome yet; remove outcomes, or say when: after`;
    found.push(finding('hook-outcomes', [...at, 'outcomes'], message));
  }
  const strange = together ? (outcomes ?? []).filter(each => each === 'failed' || each === 'skipped') : [];
  if (when === 'after' && strange.length > 0) {
    const message = `a ${of} never ends as ${strange.join(' or ')}: it is done or aborted; a failed node is told by a hook of: node`;
    found.push(finding('hook-outcomes', [...at, 'outcomes'], message));
  }
  if (when === 'after' && onFailure === 'stop' && outcomes !== undefined && !outcomes.includes('done')) {
    const message = `after ${outcomes.join(', ')} there is nothing left that hook ${name} could stop; say onFailure: warn`;
    found.push(finding('hook-cannot-stop', [...at, 'onFailure'], message));
  }
  return found;
}

function finding(code: string, path: Path, message: string): Finding {
  return { code, path, message };
}
