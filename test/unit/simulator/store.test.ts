import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHistory, type StoreEvent } from '../../../services/simulator/api/history.ts';
import type { Kube } from '../../../services/simulator/api/object.ts';
import { resourceOf } from '../../../services/simulator/api/resources.ts';
import { itemText, objectText } from '../../../services/simulator/api/serialise.ts';
import { Store } from '../../../services/simulator/api/store.ts';

const pods = resourceOf('pods');
const leases = resourceOf('leases');
const newStore = () => new Store({ watchHistory: 5, now: () => Date.parse('2026-01-02T03:04:05.678Z') });
const pod = (name: string, node = '', labels: Record<string, string> = {}): Kube => ({
  metadata: { name, namespace: 'default', labels },
  spec: node === '' ? {} : { nodeName: node },
});

describe('the store', () => {
  it('gives an object its identity and never takes it back', () => {
    const store = newStore();
    const made = store.create(pods, { ...pod('a'), kind: 'Nonsense' });
    expect(made).toMatchObject({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: 'a', namespace: 'default', generation: 1, creationTimestamp: '2026-01-02T03:04:05Z' },
    });
    const changed = store.replace(pods, made, { ...pod('a', 'n1'), metadata: { name: 'b', uid: 'other' } });
    expect(changed.metadata).toMatchObject({ name: 'a', uid: made.metadata.uid, generation: 2 });
    expect(Number(changed.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
  });

  it('keeps the resource version when nothing changes, and refuses what was made from an old state', () => {
    const store = newStore();
    const made = store.create(leases, { metadata: { name: 'l' }, spec: { holderIdentity: 'a' } });
    const { rv } = store;
    expect(store.replace(leases, made, structuredClone(made))).toBe(made);
    expect(store.rv).toBe(rv);
    const next = store.replace(leases, made, { ...made, spec: { holderIdentity: 'b' } });
    expect(() => store.replace(leases, made, { ...made, spec: {} })).toThrow(expect.objectContaining({ code: 409 }));
    store.remove(leases, next);
    expect(() => store.replace(leases, next, made)).toThrow(expect.objectContaining({ code: 404 }));
  });

  it('tells a listener’s own writes after what came before, to everybody in the same order', () => {
    const store = newStore();
    const heard: string[] = [];
    store.subscribe(pods, ({ type, object }) => {
      if (type === 'ADDED') store.replace(pods, object, { ...object, spec: { nodeName: 'n1' } });
    });
    store.subscribe(pods, ({ type, rv }) => heard.push(`${type} ${rv}`));
    store.create(pods, pod('a'));
    expect(heard).toEqual(['ADDED 2', 'MODIFIED 3']);
  });

  it('finds the same pods by its indexes as by looking at all', () => {
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      node: fc.constantFrom('', 'n1', 'n2'),
      app: fc.constantFrom('x', 'y'),
      remove: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        const store = newStore();
        for (const { name, node, app, remove } of steps) {
          const before = store.get(pods, 'default', name);
          if (before === undefined) store.create(pods, pod(name, node, { app }));
          else if (remove) store.remove(pods, before);
          else store.replace(pods, before, { ...before, ...pod(name, node, { app }) });
        }
        const all = store.list(pods);
        expect(all.map(p => p.metadata.name)).toEqual(all.map(p => p.metadata.name).toSorted());
        for (const node of ['n1', 'n2'])
          expect(new Set(store.pods.find('node', node))).toEqual(
            new Set(all.filter(p => p.spec?.['nodeName'] === node)),
          );
        for (const app of ['x', 'y'])
          expect(new Set(store.pods.find('label', `default|app=${app}`))).toEqual(
            new Set(all.filter(p => p.metadata.labels?.['app'] === app)),
          );
      }),
    );
  });

  it('serialises items of a list without kind and apiVersion', () => {
    const store = newStore();
    const made = store.create(pods, pod('a'));
    const { kind: _kind, apiVersion: _version, ...rest } = made;
    expect(JSON.parse(itemText(made))).toEqual(rest);
    expect(JSON.parse(objectText(made))).toEqual(made);
  });
});

describe('the history', () => {
  it('gives all changes after a version, or says that it cannot', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 60 }),
        fc.nat(60),
        fc.nat(130),
        (gaps, at, from) => {
          const history = createHistory(5);
          const all: StoreEvent[] = [];
          let rv = 0;
          for (const [index, gap] of gaps.entries()) {
            rv += gap;
            const event: StoreEvent = { type: 'ADDED', rv, object: pod(`p${rv}`), before: undefined };
            history.push(event);
            all.push(event);
            if (index === at) history.forget(rv);
          }
          const expected = all.filter(event => event.rv > from);
          const found = history.since(from);
          if (found !== null) expect(found).toEqual(expected);
          else expect(from).toBeLessThan(history.oldest);
          expect(history.since(rv)).toEqual([]);
        },
      ),
    );
  });
});
