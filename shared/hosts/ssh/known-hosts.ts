import { createHmac, timingSafeEqual } from 'node:crypto';

/** One usable line of a known_hosts file (format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
interface KnownHost {
  readonly patterns: readonly string[];
  readonly revoked: boolean;
  readonly type: string;
  readonly key: Buffer;
}

/** A known_hosts file, read. `ignored`: lines that say nothing we can use, as `line N: why`. */
export interface KnownHosts {
  readonly hosts: readonly KnownHost[];
  readonly ignored: readonly string[];
}

/** `changed` also when only keys of other types are known: a server that we know shows a type that we know. */
export type KeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

/** Reads a known_hosts file; never throws. Certificate authorities are not supported, and reported in `ignored`. */
export function parseKnownHosts(text: string): KnownHosts {
  const hosts: KnownHost[] = [];
  const ignored: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const words = line.split(/\s+/);
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [names, type, key] = words;
    if (marker !== undefined && marker !== '@revoked')
      ignored.push(`line ${index + 1}: marker ${marker} is not supported`);
    else if (!names || !type || !key || !isKey(type, key)) ignored.push(`line ${index + 1}: not a host key`);
    else
      hosts.push({ patterns: names.split(','), revoked: marker === '@revoked', type, key: Buffer.from(key, 'base64') });
  }
  return { hosts, ignored };
}

/** What the file says about the key (as on the wire) that the server at `address`:`port` showed. */
export function judgeKey(known: KnownHosts, address: string, port: number, key: Buffer): KeyVerdict {
  const name = nameOf(address, port);
  const mine = known.hosts.filter(host => matches(host.patterns, name));
  if (mine.some(host => host.revoked && host.key.equals(key))) return 'revoked';
  const keys = mine.filter(host => !host.revoked);
  if (keys.length === 0) return 'unknown';
  return keys.some(host => host.key.equals(key)) ? 'known' : 'changed';
}

/** Types of the keys known for a server, so that it can be asked to show one of them. */
export function knownTypes(known: KnownHosts, address: string, port: number): string[] {
  const name = nameOf(address, port);
  const mine = known.hosts.filter(host => !host.revoked && matches(host.patterns, name));
  return [...new Set(mine.map(host => host.type))];
}

/** The line that makes this key known, with its line end. */
export function knownHostsLine(address: string, port: number, key: Buffer): string {
  return `${nameOf(address, port)} ${keyType(key)} ${key.toString('base64')}\n`;
}

/** The type inside a public key in wire format. */
export function keyType(key: Buffer): string {
  return key.length < 4 ? '' : key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}

function isKey(type: string, base64: string): boolean {
  return keyType(Buffer.from(base64, 'base64')) === type;
}

function nameOf(address: string, port: number): string {
  const lower = address.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

function matches(patterns: readonly string[], name: string): boolean {
  let found = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    if (!matchesOne(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

function matchesOne(pattern: string, name: string): boolean {
  if (pattern.startsWith('|')) return matchesHash(pattern, name);
  const source = pattern
    .toLowerCase()
    .replaceAll(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}

/** `|1|salt|hash`: HMAC-SHA1 of the name, keyed with the salt. */
function matchesHash(pattern: string, name: string): boolean {
  const [, version, salt, hash] = pattern.split('|');
  if (version !== '1' || !salt || !hash) return false;
  const wanted = Buffer.from(hash, 'base64');
  const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}
