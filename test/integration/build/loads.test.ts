import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { program, ROOT, readTree } from '../../helpers/architecture/tree.ts';

// The test runner is more forgiving than Node about named imports from CommonJS libraries: so Node itself loads every
// compiled module once, but those that run when loaded, and those that browsers load.
it('Node loads every module of the build', { timeout: 120_000 }, () => {
  expect(spawnSync(process.execPath, [join(ROOT, 'deploy/prepare.mjs')], { stdio: 'inherit' }).status).toBe(0);
  const modules = program(readTree())
    .map(file => file.path.replace(/\.ts$/, '.js'))
    .filter(path => path !== 'services/cli/main.js' && !path.startsWith('services/ui/'));
  const code = `
    const troubles = [];
    for (const path of ${JSON.stringify(modules)}) {
      await import(${JSON.stringify(`file://${ROOT}/dist/`)} + path).catch(error => troubles.push(path + ': ' + error.message));
    }
    console.log(troubles.join('\\n'));
    process.exit(0);`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  expect({ status, troubles: stdout.trim() }, stderr).toEqual({ status: 0, troubles: '' });
});

it('all of client-node is in one module of the build', () => {
  const text = readFileSync(join(ROOT, 'dist/shared/kubernetes/client.js'), 'utf8');
  const imported = [...text.matchAll(/^(?:import|export) .*?from "([^"]+)";$/gm)].map(found => found[1] ?? '');
  expect(imported).toContain('node:fs');
  expect(imported.filter(name => !isBuiltin(name))).toEqual([]);
});
