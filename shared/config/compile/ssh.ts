import type { SecretRef, SshHop, SshProfile } from '../../domain/plan.ts';
import { fill } from '../option.ts';
import { type HopFile, type SshFile, sshTable } from '../schema/ssh.ts';
import type { Layer } from './layers.ts';
import { compileUnits } from './names.ts';

/** Makes a path of the file absolute. */
export type ToAbsolute = (path: string) => string;

/** What `ssh` may say at one place, of a host or a jump host. */
export type SshLayer = Layer<SshFile>;

/** Profiles by name; the same content is kept once. */
export class Profiles {
  readonly #byContent = new Map<string, string>();
  readonly #byName: Record<string, SshProfile> = {};

  /** The name under which `profile` is kept: `name`, unless there is one with the same content. */
  add(name: string, profile: SshProfile): string {
    const content = JSON.stringify(profile);
    const known = this.#byContent.get(content);
    if (known !== undefined) return known;
    this.#byContent.set(content, name);
    this.#byName[name] = profile;
    return name;
  }

  all(): Record<string, SshProfile> {
    return this.#byName;
  }
}

/** Adds the profile that `layers` (general first) make, and those of its jump hosts; returns its name and port. */
export function addProfile(
  profiles: Profiles,
  name: string,
  layers: readonly SshLayer[],
  toAbsolute: ToAbsolute,
): { profile: string; port: number } {
  const jump = jumpsOf(layers).map((hop, index): SshHop => {
    const hopLayers = [...layers, { path: hop.path, value: asSsh(hop.value) }];
    const profile = profiles.add(`${name}/jump-${index + 1}`, { ...profileOf(hopLayers, toAbsolute), become: 'none' });
    return { address: hop.value.address, port: hop.value.port ?? 22, profile };
  });
  const { port } = fill(sshTable, values(layers));
  return { profile: profiles.add(name, { ...profileOf(layers, toAbsolute), jump }), port };
}

/** The jump hosts that count. */
export function jumpsOf(layers: readonly SshLayer[]): Layer<HopFile>[] {
  const layer = layers.findLast(each => each.value.jump !== undefined);
  const hops = layer?.value.jump ?? [];
  return hops.map((value, index) => ({ path: [...(layer?.path ?? []), 'jump', index], value }));
}

/** A jump host as a layer over the hosts behind it. */
export function asSsh(hop: HopFile): SshFile {
  const { address: _address, port: _port, ...login } = hop;
  return login;
}

/** The layers from the one on that says how to authenticate; all: none says it. */
function authLayers(layers: readonly SshLayer[]): readonly SshLayer[] {
  const index = layers.findLastIndex(({ value }) => value.keyFile !== undefined || value.agent !== undefined);
  return index === -1 ? layers : layers.slice(index);
}

function profileOf(layers: readonly SshLayer[], toAbsolute: ToAbsolute): SshProfile {
  const { user, become, knownHosts, hostKeys, connectTimeout, keepaliveInterval, keepaliveCountMax } = fill(
    sshTable,
    values(layers),
  );
  return {
    user: user ?? '',
    auth: authOf(layers, toAbsolute),
    knownHostsFile: toAbsolute(knownHosts),
    hostKeys,
    jump: [],
    become: become ?? (user === 'root' ? 'none' : 'sudo'),
    ...compileUnits({ connectTimeout, keepaliveInterval }),
    keepaliveCountMax,
  };
}

function authOf(layers: readonly SshLayer[], toAbsolute: ToAbsolute): SshProfile['auth'] {
  const { keyFile, agent, passphraseFrom } = fill(sshTable, values(authLayers(layers)));
  if (keyFile === undefined) {
    return typeof agent === 'string' ? { kind: 'agent', socket: toAbsolute(agent) } : { kind: 'agent' };
  }
  const file = toAbsolute(keyFile);
  if (passphraseFrom === undefined) return { kind: 'key', file };
  const passphrase: SecretRef = 'env' in passphraseFrom ? passphraseFrom : { file: toAbsolute(passphraseFrom.file) };
  return { kind: 'key', file, passphrase };
}

function values(layers: readonly SshLayer[]): SshFile[] {
  return layers.map(layer => layer.value);
}
