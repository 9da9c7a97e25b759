import { asActor, type Core } from '../api/core.ts';
import { ApiError } from '../api/errors.ts';

/** Keys to look at; a key added twice before it is looked at is looked at once. */
export interface WorkQueue {
  add(key: string): void;
}

/** A queue whose work runs soon after an add, in a controller's name, and again when somebody wrote at the same moment. */
export function createQueue(core: Core, controller: string, work: (key: string) => void): WorkQueue {
  let keys = new Set<string>();
  const run = () => {
    if (core.pauses.hold(controller, run)) return;
    const now = keys;
    keys = new Set();
    asActor(core, `controller:${controller}`, () => {
      for (const key of now) attempt(key);
    });
  };
  const attempt = (key: string) => {
    try {
      work(key);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 409) throw error;
      add(key);
    }
  };
  const add = (key: string) => {
    if (keys.size === 0) core.timers.soon(run);
    keys.add(key);
  };
  return { add };
}

/** The key of an object: `namespace/name`. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** Namespace and name of a key. */
export function splitKey(key: string): [string, string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
