import { hostname, networkInterfaces } from 'node:os';
import type { Self } from '../../../shared/domain/plan-build/own-node.ts';

/** Where this process runs, and the engines that are alive: each tells the host name of its machine. */
export function selfOf(
  env: Readonly<Record<string, string | undefined>>,
  engines: readonly { readonly host: string }[] = [],
): Self {
  const node = env['NODE_NAME'] ?? '';
  return {
    nodeNames: node === '' ? [] : [node],
    hostnames: [...new Set([hostname(), ...engines.map(engine => engine.host)])],
    addresses: Object.values(networkInterfaces()).flatMap(each => (each ?? []).map(({ address }) => address)),
  };
}
