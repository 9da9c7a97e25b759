import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { interrupted } from '../engine.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Wiring } from '../wiring.ts';

interface Options {
  readonly file?: string;
  readonly write?: string;
  readonly speed?: number;
}

/** `nodetide simulate`: a fleet to rehearse on, until interrupted. */
export function register(program: Command, wiring: Wiring): void {
  program
    .command('simulate')
    .description('serve a simulated fleet (Kubernetes APIs and SSH hosts) until interrupted')
    .option('-f, --file <file>', 'description of the world; default: the fleet of the demo')
    .option('--write <dir>', 'folder for fleet.yaml, kubeconfig, keys and world.jsonl; default: a temporary one')
    .option('--speed <factor>', 'divides every latency of the world; default: as described', parseSpeed)
    .action((options: Options) => simulate(wiring, options));
}

async function simulate(wiring: Wiring, options: Options): Promise<void> {
  const { terminal } = wiring;
  const { demoWorld, readWorld, startSimulation, WorldError, writeSimulation } = await import(
    '../../simulator/main.ts'
  );
  const ended = interrupted(wiring);
  let described: ReturnType<typeof demoWorld>;
  try {
    described = options.file === undefined ? demoWorld() : readWorld(options.file);
  } catch (error) {
    if (error instanceof WorldError) throw new CliError(EXIT.badInput, error.message, { cause: error });
    throw error;
  }
  const simulation = await startSimulation({ ...described, ...(options.speed && { speed: options.speed }) });
  const folder = options.write ?? (await mkdtemp(join(tmpdir(), 'nodetide-simulation-')));
  try {
    const files = writeSimulation(simulation, folder);
    const clusters = simulation.clusters.size;
    terminal.out(`simulated: ${simulation.hosts().length} hosts, ${clusters} Kubernetes APIs; Ctrl-C ends them`);
    terminal.out(`  nodetide run -f ${files.fleetFile}`);
    terminal.out(`  kubectl --kubeconfig ${files.kubeconfig} get nodes`);
    terminal.out(`  ssh -F ${files.sshConfig} ${simulation.hosts()[0]?.host.spec.name ?? 'NODE'} uname -r`);
    await ended;
  } finally {
    await simulation.close();
    if (options.write === undefined) await rm(folder, { recursive: true });
  }
}

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new InvalidArgumentError('a number above 0 is needed.');
}
