import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { withLock } from './lock.mjs';

const SOURCES = ['services', 'shared'];
/** The web page: bundled by Vite instead of compiled. */
const PAGE = 'services/ui/';
/** Puts client-node into one file. */
const CLIENT_CONFIG = 'deploy/client.vite.config.mjs';
/** What the build depends on besides the sources. */
const SETTINGS = ['tsconfig.json', 'package-lock.json', CLIENT_CONFIG];
const EXECUTABLES = ['services/cli/main.js'];

/**
 * Brings dependencies and build of the checkout `root` up to date. Safe when several run at once: one works, the
 * others wait and then find nothing to do.
 */
export async function prepare(root, { forceBuild = false, say = () => {}, run = runIn(root) } = {}) {
  const state = join(root, '.nodetide');
  mkdirSync(state, { recursive: true });
  await withLock(
    join(state, 'prepare.lock'),
    async () => {
      await install(root, say, run);
      await build(root, forceBuild, say, run);
    },
    holder => say(`prepare: waiting for process ${holder ?? '?'} which prepares this checkout`),
  );
}

/** Installs exactly what package-lock.json says, unless that was done already. */
async function install(root, say, run) {
  const modules = join(root, 'node_modules');
  // A linked folder belongs to somebody else, who keeps it up to date.
  if (isLink(modules)) return;
  if (isInstalled(root)) return;
  say('prepare: installing dependencies (npm ci)');
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev']);
}

/** Whether npm's own record of what it installed last (written when it has finished) agrees with the lock file. */
function isInstalled(root) {
  const record = readIfThere(join(root, 'node_modules/.package-lock.json'));
  if (record === null) return false;
  const there = JSON.parse(record).packages ?? {};
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages ?? {};
  return (
    Object.entries(wanted)
      .filter(([path]) => path !== '')
      // Packages for other platforms are left out by npm.
      .every(([path, { version, optional }]) => (path in there ? there[path].version === version : optional === true))
  );
}

/** Compiles to dist/ unless dist/ was made from the same sources. */
async function build(root, force, say, run) {
  const dist = join(root, 'dist');
  const stamp = join(dist, '.nodetide-stamp');
  const sources = SOURCES.flatMap(folder => filesUnder(join(root, folder)));
  const wanted = hash([...sources, ...SETTINGS.map(file => join(root, file))], root);
  if (!force && readIfThere(stamp) === wanted) return;
  say('prepare: building');
  // What was deleted from the sources must not live on in dist.
  rmSync(dist, { recursive: true, force: true });
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.']);
  await bundle(root, join(PAGE, 'vite.config.ts'), run);
  await bundle(root, CLIENT_CONFIG, run);
  const page = join(root, PAGE);
  for (const file of sources.filter(file => !file.endsWith('.ts') && !file.startsWith(page))) {
    const to = join(dist, relative(root, file));
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(file, to);
  }
  for (const file of EXECUTABLES) {
    const path = join(dist, file);
    if (existsSync(path)) makeExecutable(path);
  }
  writeFileSync(stamp, wanted);
}

/** Bundles what a configuration of Vite says into dist/; a checkout without it has nothing to bundle. */
async function bundle(root, config, run) {
  if (!existsSync(join(root, config))) return;
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  await run(process.execPath, [vite, 'build', '--config', join(root, config), '--logLevel', 'warn']);
}

function makeExecutable(path) {
  const text = readFileSync(path, 'utf8');
  if (!text.startsWith('#!')) writeFileSync(path, `#!/usr/bin/env node\n${text}`);
  chmodSync(path, 0o755);
}

/** Every file below `folder`, sorted, so that the same sources give the same hash everywhere. */
function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(path) : [path];
    });
}

function hash(files, root) {
  const sum = createHash('sha256').update(process.version);
  for (const file of files) sum.update(`\n${relative(root, file)}\n`).update(readIfThere(file) ?? '');
  return sum.digest('hex');
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function runIn(cwd) {
  return (command, args) =>
    new Promise((resolve, reject) => {
      // Output goes to stderr: stdout belongs to the command that is prepared for.
      const child = spawn(command, args, { cwd, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
      child.on('error', reject);
      child.on('close', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}`));
      });
    });
}
