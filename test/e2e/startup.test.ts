import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { cliCommand } from '../helpers/cli.ts';

/** Names every package that is imported, on stderr; see "Customization Hooks" in the documentation of node:module. */
const HOOKS = `
  import { writeSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    if (/^(@|[a-z])/.test(specifier) && !/^(node|file|data):/.test(specifier)) writeSync(2, 'imports ' + specifier + '\\n');
    return next(specifier, context);
  }`;
const REGISTER = `
  import { register } from 'node:module';
  register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(HOOKS))});`;

function importsOf(...args: readonly string[]): string[] {
  const [program, ...before] = cliCommand();
  const trace = ['--import', `data:text/javascript,${encodeURIComponent(REGISTER)}`];
  const { stderr } = spawnSync(program, [...trace, ...before, ...args], { encoding: 'utf8' });
  return [...stderr.matchAll(/^imports (\S+)$/gm)].map(found => found[1] ?? '');
}

const HEAVY = /^(@kubernetes\/client-node|bullmq|ioredis|fastify|@bull-board|node-ssh|ssh2|just-bash)/;

it.each([[['--help']], [['validate', '-f', 'nowhere.yaml']], [['schema']]])('%j loads nothing heavy', args => {
  const imports = importsOf(...args);
  expect(imports).toContain('commander');
  expect(imports.filter(name => HEAVY.test(name))).toEqual([]);
});

it('sees what is heavy where it is needed', () => {
  expect(importsOf('list', '--redis', 'redis://127.0.0.1:1')).toContain('ioredis');
});
