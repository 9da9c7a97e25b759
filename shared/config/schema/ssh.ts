import { z } from 'zod';
import { option, required, section } from '../option.ts';
import { address, duration, oneOf, path, port, positiveDuration, secretRef, text, whole } from '../values.ts';

const user = text('a user name', /^[A-Za-z_][-A-Za-z0-9_.]*\$?$/);

const AGENT = 'true (the agent of SSH_AUTH_SOCK) or the path of its socket';

/** How a host is logged in to; the same for jump hosts. */
const login = {
  user: option(user, 'User to log in as.', { otherwise: 'must be said somewhere' }),
  keyFile: option(path, 'Private key.', { otherwise: 'the agent is used' }),
  passphraseFrom: option(secretRef, 'Where the passphrase of the key is: {env: NAME} or {file: PATH}.'),
  agent: option(
    z.union([z.literal(true, { error: AGENT }), text(AGENT)], { error: AGENT }),
    'Use an SSH agent: true is the one of SSH_AUTH_SOCK, text the path of its socket.',
    { otherwise: 'true, when there is no keyFile' },
  ),
  knownHosts: option(path, 'File with the keys of the hosts.', { default: '~/.ssh/known_hosts' }),
  hostKeys: option(
    oneOf('strict', 'accept-new'),
    'strict: only hosts in the known_hosts file; accept-new: keys seen for the first time are written there. A changed key is always refused.',
    { default: 'strict' },
  ),
};

const hopSchema = section('JumpHost', 'A host to go through. What it does not say is as for the hosts behind it.', {
  address: required(address, 'Name or IP address.'),
  port: option(port, 'Port of its SSH server.', { default: 22 }),
  ...login,
});

export const sshTable = {
  ...login,
  port: option(port, 'Port of the SSH server.', { default: 22 }),
  jump: option(z.array(hopSchema), 'Hosts to go through, in order; [] for none.', { default: [] }),
  become: option(oneOf('none', 'sudo'), 'How commands become root: sudo runs them under sudo -n.', {
    otherwise: 'none for the user root, sudo for all others',
  }),
  connectTimeout: option(positiveDuration, 'How long a connection may take to be ready.', { default: '20s' }),
  keepaliveInterval: option(duration, 'Time between keepalives.', { default: '15s' }),
  keepaliveCountMax: option(whole(1, 100), 'Unanswered keepalives after which the connection counts as lost.', {
    default: 3,
  }),
};

/** `ssh` of the fleet, a cluster or a host. */
export const sshSchema = section('Ssh', 'How hosts are reached.', sshTable);

/** What `ssh` says, checked. */
export type SshFile = z.output<typeof sshSchema>;

/** What a jump host says, checked. */
export type HopFile = z.output<typeof hopSchema>;
