import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readTree } from '../../helpers/architecture/tree.ts';

const PAGES = readTree().filter(file => file.path.endsWith('.md'));

/** Names of the program's commands and their aliases, from its own help. */
function commandNames(): string[] {
  const help = spawnSync(process.execPath, ['--import', 'tsx', 'services/cli/main.ts', '--help'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).stdout;
  const list = help.slice(help.indexOf('Commands:'));
  return [...list.matchAll(/^ {2}([a-z][a-z|-]*)/gm)].flatMap(match => match[1]?.split('|') ?? []);
}

describe('the pages for people', () => {
  it('name only commands the program has', () => {
    const known = commandNames();
    expect(known).toContain('status');
    const unknown = PAGES.flatMap(({ path, text }) =>
      codeOf(text).flatMap(code =>
        [...code.matchAll(/\bnodetide ([a-z][a-z-]*)/g)]
          .map(match => match[1] ?? '')
          .filter(name => !known.includes(name))
          .map(name => `${path}: nodetide ${name}`),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it('name only npm scripts there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const unknown = PAGES.flatMap(({ path, text }) =>
      [...text.matchAll(/npm run ([a-z][\w:-]*)/g)]
        .filter(match => scripts[match[1] ?? ''] === undefined)
        .map(match => `${path}: ${match[0]}`),
    );
    expect(unknown).toEqual([]);
  });

  it('link only to files there are', () => {
    const dead = PAGES.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(match => match[1] ?? '')
        .filter(target => !existsSync(join(ROOT, dirname(path), target)))
        .map(target => `${path}: ${target}`),
    );
    expect(dead).toEqual([]);
  });

  it('show every command in the README', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const hidden = commandNames().filter(name => name !== 'help' && name !== 'ls');
    expect(hidden.filter(name => !readme.includes(`nodetide ${name}`) && !readme.includes(`npm run ${name}`))).toEqual(
      [],
    );
  });

  it('tell of every command in the page of the command line', () => {
    const page = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8');
    const hidden = commandNames().filter(name => name !== 'help' && name !== 'ls');
    expect(hidden.filter(name => !new RegExp(`^\\|.*\`${name}[\` ]`, 'm').test(page))).toEqual([]);
  });
});

/** What stands in fenced blocks and in back quotes. */
function codeOf(text: string): string[] {
  const fenced = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(match => match[1] ?? '');
  const inline = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(match => match[1] ?? '');
  return [...fenced, ...inline];
}
