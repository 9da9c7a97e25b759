import { nearest } from '../compile/layers.ts';
import { clusterSshLayers, hostSshLayers, staticHosts } from '../compile/places.ts';
import { asSsh, jumpsOf, type SshLayer } from '../compile/ssh.ts';
import type { Finding, Path } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';
import { absolute, type Surroundings } from '../surroundings.ts';

const FILE_CODES = ['key-file', 'secret-file', 'known-hosts'];

/** Somewhere that is logged in to: hosts of a cluster, one host, or a jump host. */
interface Login {
  /** What is named when something is said nowhere. */
  readonly home: Path;
  readonly layers: readonly SshLayer[];
}

/** Users, keys and files of every login. `folder`: that of the fleet file. */
export function checkSsh(file: FleetFile, folder: string, around: Surroundings): Finding[] {
  const findings = loginsOf(file).flatMap(login => [
    ...checkUser(login),
    ...checkAuth(login),
    ...checkFiles(login, folder, around),
  ]);
  // One file missing for many is one problem, said where it is met first.
  return findings.filter(({ code, message }, index) => {
    const first = findings.findIndex(each => each.code === code && each.message === message);
    return first === index || !FILE_CODES.includes(code);
  });
}

function loginsOf(file: FleetFile): Login[] {
  return Object.keys(file.clusters).flatMap(cluster => {
    const home: Path = ['clusters', cluster];
    const remote = staticHosts(file, cluster).filter(host => host.value.connection !== 'local');
    const hosts = remote.filter(host => host.value.ssh !== undefined);
    const sources = nearest(file, cluster, 'inventory')?.value.sources ?? [{ kind: 'kubernetes' }];
    const isAllLocal = remote.length === 0 && sources.every(source => source.kind === 'static');
    const logins: Login[] = [
      ...(isAllLocal ? [] : [{ home, layers: clusterSshLayers(file, cluster) }]),
      ...hosts.map(host => ({ home: host.path, layers: hostSshLayers(file, cluster, host) })),
    ];
    return logins.flatMap(login => [login, ...hopsOf(login)]);
  });
}

function hopsOf({ layers }: Login): Login[] {
  return jumpsOf(layers).map(hop => ({
    home: hop.path,
    layers: [...layers, { path: hop.path, value: asSsh(hop.value) }],
  }));
}

function checkUser({ home, layers }: Login): Finding[] {
  if (layers.some(layer => layer.value.user !== undefined)) return [];
  const about: Path[] = [
    [...home, 'ssh', 'user'],
    ...layers.map((layer): Path => [...layer.path, 'user']),
    ['defaults', 'ssh'],
  ];
  const message = 'no SSH user is said; add ssh: {user: …} here or under defaults';
  return [{ code: 'no-ssh-user', path: home, points: 'key', message, about }];
}

function checkAuth({ layers }: Login): Finding[] {
  return layers.flatMap(({ path, value }): Finding[] => {
    if (value.keyFile === undefined || value.agent === undefined) return [];
    const message = 'both a keyFile and an agent are given; keep one';
    return [{ code: 'two-ways-to-log-in', path: [...path, 'agent'], points: 'key', message }];
  });
}

function checkFiles({ home, layers }: Login, folder: string, around: Surroundings): Finding[] {
  const findings: Finding[] = [];
  const missing = (code: string, path: Path, what: string, written: string, more = '') => {
    const full = absolute(written, folder, around.home);
    const trouble = around.trouble(full);
    if (trouble) findings.push({ code, path, message: `${what} ${full} is ${trouble}${more}` });
  };
  for (const { path, value } of layers) {
    if (value.keyFile !== undefined) missing('key-file', [...path, 'keyFile'], 'key file', value.keyFile);
    const from = value.passphraseFrom;
    if (from && 'file' in from) missing('secret-file', [...path, 'passphraseFrom', 'file'], 'file', from.file);
  }
  const hostKeys = layers.findLast(layer => layer.value.hostKeys !== undefined)?.value.hostKeys ?? 'strict';
  const layer = layers.findLast(each => each.value.knownHosts !== undefined);
  const hint = '; write it with ssh-keyscan after checking the keys, or say hostKeys: accept-new';
  if (hostKeys === 'strict') {
    const path = layer ? [...layer.path, 'knownHosts'] : home;
    missing('known-hosts', path, 'known_hosts file', layer?.value.knownHosts ?? '~/.ssh/known_hosts', hint);
  }
  return findings;
}
