import { at, type Json, type Kube, listAt, plainText } from '../api/object.ts';

/** What a pod asks for, or a node has: CPU in thousandths, memory in bytes. */
export interface Amounts {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

const powers: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A quantity as the API writes them: `250m`, `64Gi`, `1e3`. 0 for what is none. */
export function quantityOf(value: unknown): number {
  const [, number, exponent = '', unit = ''] = /^(-?[\d.]+)(e-?\d+)?([A-Za-z]*)$/.exec(plainText(value)) ?? [];
  return number === undefined ? 0 : Number(`${number}${exponent}`) * (powers[unit] ?? 1);
}

/** CPU and memory of a resource list. */
export function amountsOf(resources: unknown): Amounts {
  const cpuMillis = Math.ceil(quantityOf(at(resources, 'cpu')) * 1000 - 1e-6);
  return { cpuMillis, memoryBytes: quantityOf(at(resources, 'memory')) };
}

const none: Amounts = { cpuMillis: 0, memoryBytes: 0 };
const known = new WeakMap<readonly Json[], Amounts>();

/** What a pod's containers ask for together; an init container counts where it asks for more than all of them. */
export function requestsOf(pod: Kube): Amounts {
  const containers = listAt(pod, 'spec', 'containers');
  const before = known.get(containers);
  if (before !== undefined) return before;
  const of = (container: Json) => amountsOf(at(container, 'resources', 'requests'));
  const sum = containers.map(of).reduce(add, none);
  const requests = listAt(pod, 'spec', 'initContainers').map(of).reduce(max, sum);
  known.set(containers, requests);
  return requests;
}

function add(a: Amounts, b: Amounts): Amounts {
  return { cpuMillis: a.cpuMillis + b.cpuMillis, memoryBytes: a.memoryBytes + b.memoryBytes };
}

function max(a: Amounts, b: Amounts): Amounts {
  return { cpuMillis: Math.max(a.cpuMillis, b.cpuMillis), memoryBytes: Math.max(a.memoryBytes, b.memoryBytes) };
}
