import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeKey, knownHostsLine, knownTypes, parseKnownHosts } from '../../../shared/hosts/ssh/known-hosts.ts';

function keyOf(type: string, seed: number): Buffer {
  const name = Buffer.from(type);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(name.length);
  return Buffer.concat([head, name, Buffer.alloc(36, seed)]);
}

const KEY = keyOf('ssh-ed25519', 1);
const OTHER = keyOf('ssh-ed25519', 2);
const RSA = keyOf('ssh-rsa', 3);
const line = (names: string, key = KEY, type = 'ssh-ed25519') => `${names} ${type} ${key.toString('base64')}`;

describe('known_hosts', () => {
  it('knows a host by name, and by name and port', () => {
    const known = parseKnownHosts([line('one.example,10.0.0.1'), line('[two.example]:2222', OTHER)].join('\n'));
    expect(judgeKey(known, 'ONE.example', 22, KEY)).toBe('known');
    expect(judgeKey(known, '10.0.0.1', 22, KEY)).toBe('known');
    // As OpenSSH: the bare name's key counts for other ports, when it is the same.
    expect(judgeKey(known, 'one.example', 2222, KEY)).toBe('known');
    expect(judgeKey(known, 'one.example', 2222, OTHER)).toBe('unknown');
    expect(judgeKey(known, 'two.example', 2222, OTHER)).toBe('known');
    expect(judgeKey(known, 'two.example', 22, OTHER)).toBe('unknown');
  });

  it('tells a changed key from an unknown host', () => {
    const known = parseKnownHosts(line('one.example'));
    expect(judgeKey(known, 'one.example', 22, OTHER)).toBe('changed');
    expect(judgeKey(known, 'one.example', 22, RSA)).toBe('changed');
    expect(judgeKey(known, 'three.example', 22, KEY)).toBe('unknown');
  });

  it('follows wildcards, and a negation wins wherever it stands', () => {
    const known = parseKnownHosts(line('*.example,!bad.example,host-?'));
    expect(judgeKey(known, 'good.example', 22, KEY)).toBe('known');
    expect(judgeKey(known, 'bad.example', 22, KEY)).toBe('unknown');
    expect(judgeKey(known, 'host-1', 22, KEY)).toBe('known');
    expect(judgeKey(known, 'host-12', 22, KEY)).toBe('unknown');
    expect(judgeKey(known, 'goodxexample', 22, KEY)).toBe('unknown');
  });

  it('refuses a revoked key even where it is known, and reports what it cannot use', () => {
    const text = [
      line('one.example'),
      `@revoked ${line('*')}`,
      `@cert-authority ${line('*')}`,
      'nonsense',
      line('x', KEY, 'ssh-rsa'),
    ];
    const known = parseKnownHosts(text.join('\n'));
    expect(judgeKey(known, 'one.example', 22, KEY)).toBe('revoked');
    expect(known.ignored).toEqual(['line 4: not a host key', 'line 5: not a host key']);
    expect(judgeKey(known, 'two.example', 22, OTHER)).toBe('authority-only');
  });

  it('reads names hashed by ssh-keygen', () => {
    const dir = mkdtempSync(join(tmpdir(), 'nodetide-known-'));
    const file = join(dir, 'known_hosts');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'key')]);
    const [type = '', base64 = ''] = readFileSync(join(dir, 'key.pub'), 'utf8').split(' ');
    writeFileSync(file, `one.example ${type} ${base64}\n[two.example]:2222 ${type} ${base64}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    const text = readFileSync(file, 'utf8');
    rmSync(dir, { recursive: true });
    expect(text).toContain('|1|');
    const [known, key] = [parseKnownHosts(text), Buffer.from(base64, 'base64')];
    expect(judgeKey(known, 'one.example', 22, key)).toBe('known');
    expect(judgeKey(known, 'two.example', 2222, key)).toBe('known');
    expect(judgeKey(known, 'two.example', 2223, key)).toBe('unknown');
  });

  it('writes lines that it reads again, and names the types it knows', () => {
    const known = parseKnownHosts(knownHostsLine('one.example', 22, RSA) + knownHostsLine('one.example', 22, KEY));
    expect(judgeKey(known, 'one.example', 22, RSA)).toBe('known');
    expect(knownTypes(known, 'one.example', 22)).toEqual(['ssh-rsa', 'ssh-ed25519']);
  });
});
