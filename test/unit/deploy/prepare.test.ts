import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const library = resolve(import.meta.dirname, '../../../deploy/lib/prepare.mjs');
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nodetide-prepare-'));
  mkdirSync(join(root, 'shared'));
  mkdirSync(join(root, 'services/cli'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{}');
  writeFileSync(join(root, 'package-lock.json'), lockFile('1.0.0'));
  writeFileSync(join(root, 'tsconfig.json'), '{}');
  writeFileSync(join(root, 'shared/a.ts'), 'a');
  writeFileSync(join(root, 'services/cli/script.lua'), 'return 1');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A lock file with one package of that version. */
function lockFile(version: string): string {
  return JSON.stringify({ packages: { '': {}, 'node_modules/a': { version } } });
}

/** Runs the real logic in a process of its own; npm and tsc are replaced by lines in ran.txt and by what they leave. */
async function prepare(): Promise<number | null> {
  const code = `
    import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
    import { prepare } from ${JSON.stringify(library)};
    const run = async (command, args) => {
      appendFileSync('ran.txt', (command === 'npm' ? 'install' : 'build') + '\\n');
      await new Promise(resolve => setTimeout(resolve, 50));
      if (command === 'npm') {
        mkdirSync('node_modules', { recursive: true });
        copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
      } else {
        mkdirSync('dist/services/cli', { recursive: true });
        writeFileSync('dist/services/cli/main.js', 'x');
      }
    };
    await prepare(process.cwd(), { run });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { cwd: root, stdio: 'inherit' });
  const [exit] = (await once(child, 'close')) as [number | null];
  return exit;
}

function ran(): string[] {
  return readFileSync(join(root, 'ran.txt'), 'utf8').trim().split('\n');
}

describe('preparing a checkout', () => {
  it('installs and builds once, then does nothing', async () => {
    await prepare();
    await prepare();
    expect(ran()).toEqual(['install', 'build']);
    expect(readFileSync(join(root, 'dist/services/cli/main.js'), 'utf8')).toBe('#!/usr/bin/env node\nx');
    expect(readFileSync(join(root, 'dist/services/cli/script.lua'), 'utf8')).toBe('return 1');
  });

  it('builds again when a source changed, is new or is gone', async () => {
    await prepare();
    appendFileSync(join(root, 'shared/a.ts'), 'b');
    await prepare();
    writeFileSync(join(root, 'shared/b.ts'), '');
    await prepare();
    rmSync(join(root, 'shared/b.ts'));
    await prepare();
    expect(ran()).toEqual(['install', 'build', 'build', 'build', 'build']);
  });

  it('installs again when the lock file changed', async () => {
    await prepare();
    writeFileSync(join(root, 'package-lock.json'), lockFile('1.0.1'));
    await prepare();
    expect(ran()).toEqual(['install', 'build', 'install', 'build']);
  });

  it('takes what npm installed before, without the packages of other platforms', async () => {
    const packages = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', optional: true } };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'node_modules/.package-lock.json'), lockFile('1.0.0'));
    await prepare();
    expect(ran()).toEqual(['build']);
  });

  it('leaves a linked node_modules alone', async () => {
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync(join(root, 'elsewhere'), join(root, 'node_modules'));
    await prepare();
    expect(ran()).toEqual(['build']);
  });

  it('does the work once when several run at the same time', async () => {
    expect(await Promise.all([prepare(), prepare(), prepare()])).toEqual([0, 0, 0]);
    expect(ran()).toEqual(['install', 'build']);
  });

  it('takes over the lock of a process that died', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'close');
    mkdirSync(join(root, '.nodetide/prepare.lock'), { recursive: true });
    writeFileSync(join(root, '.nodetide/prepare.lock/pid'), String(dead.pid));
    await prepare();
    expect(ran()).toEqual(['install', 'build']);
  });
});
