import ssh2, { type ParsedKey } from 'ssh2';
import type { WorldLog } from '../world.ts';
import { SimHost } from './machine.ts';
import type { HostFaults, HostSpec } from './spec.ts';
import { HostSshServer } from './ssh-server.ts';

/** A key pair; `publicText` is one line `ssh-ed25519 AAAA…`, `privateText` an OpenSSH key file. */
export interface KeyPair {
  readonly privateText: string;
  readonly publicText: string;
}

/** A new ed25519 key pair. */
export function newKeyPair(): KeyPair {
  // About one pair in 300 that ssh2 1.17 makes is malformed: such a one is thrown away.
  for (;;) {
    const { private: privateText, public: publicText } = ssh2.utils.generateKeyPairSync('ed25519');
    if (isSound(privateText, publicText)) return { privateText, publicText: publicText.trim() };
  }
}

function isSound(privateText: string, publicText: string): boolean {
  const [mine, theirs] = [ssh2.utils.parseKey(privateText), ssh2.utils.parseKey(publicText)];
  if (mine instanceof Error || theirs instanceof Error) return false;
  return mine.getPublicSSH().equals(theirs.getPublicSSH()) && theirs.verify(PROBE, mine.sign(PROBE)) === true;
}

const PROBE = Buffer.from('probe');

/** A simulated host that can be reached by SSH. */
export interface RunningHost {
  readonly host: SimHost;
  /** On 127.0.0.1; the same all its life. */
  readonly port: number;
  /** Its line of a known_hosts file. */
  readonly knownHostsLine: string;
  /** Changes faults while it runs. */
  setFaults(faults: Partial<HostFaults>): Promise<void>;
  /** Cuts all connections, as a broken network does. */
  cutConnections(): void;
  close(): void;
}

/** Starts one host; `clientKey` opens it for `ops` (who may sudo) and root. */
export async function startHost(
  spec: HostSpec,
  options: { readonly world: WorldLog; readonly speed: number; readonly clientKey: KeyPair },
): Promise<RunningHost> {
  const hostKey = newKeyPair();
  const host = new SimHost(spec, options.world, options.speed);
  const server = new HostSshServer(host, {
    hostKey: hostKey.privateText,
    clientKey: parsed(options.clientKey.publicText),
    users: ['ops'],
  });
  await server.up();
  await server.applyFaults();
  return {
    host,
    port: server.port,
    knownHostsLine: `[127.0.0.1]:${server.port} ${hostKey.publicText}`,
    async setFaults(faults) {
      host.setFaults(faults);
      await server.applyFaults();
    },
    cutConnections: () => server.cut(),
    close() {
      server.close();
      host.close();
    },
  };
}

function parsed(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}
