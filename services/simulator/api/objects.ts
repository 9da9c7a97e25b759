import { asActor, type Core } from './core.ts';
import type { Kube } from './object.ts';
import { deleteObject, readDeleteOptions, removeNow } from './remove.ts';
import { resourceOf } from './resources.ts';
import type { SimObjects } from './types.ts';
import { createObject, mustGet, patchObject } from './write.ts';

/** The store for tests and for whoever runs the simulation, and a way to create or replace. */
export function createObjects(core: Core): SimObjects & { put(plural: string, object: Kube): void } {
  const as = <T>(work: () => T): T => asActor(core, 'simulator', work);
  return {
    get: (plural, namespace, name) => core.store.get(resourceOf(plural), namespace, name),
    list: (plural, namespace) => [...core.store.list(resourceOf(plural), namespace)],
    create: (plural, object) => as(() => createObject(core, resourceOf(plural), object, object.metadata.namespace)),
    patch(plural, namespace, name, patch, kind = 'merge', subresource = '') {
      const r = resourceOf(plural);
      return as(() => patchObject(core, r, mustGet(core, r, namespace, name), patch, kind, subresource));
    },
    delete(plural, namespace, name) {
      const r = resourceOf(plural);
      as(() => deleteObject(core, r, mustGet(core, r, namespace, name), readDeleteOptions(undefined)));
    },
    restore: (plural, object) => as(() => core.store.restore(resourceOf(plural), object)),
    finish: (namespace, name) => {
      const r = resourceOf('pods');
      as(() => removeNow(core, r, mustGet(core, r, namespace, name)));
    },
    erase(plural, namespace, name) {
      const r = resourceOf(plural);
      as(() => core.store.remove(r, mustGet(core, r, namespace, name)));
    },
    onChange: (plural, listener) =>
      core.store.subscribe(resourceOf(plural), event => queueMicrotask(() => listener(event.type, event.object))),
    put(plural, object) {
      const r = resourceOf(plural);
      const before = core.store.get(r, object.metadata.namespace ?? '', object.metadata.name);
      as(() => {
        if (before === undefined) createObject(core, r, object, object.metadata.namespace);
        else core.store.replace(r, before, { ...before, ...object });
      });
    },
  };
}
