import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpProbes } from '../../shared/probes/http.ts';
import { type DebianTools, debianTools } from './debian-tools.ts';
import { freePort } from './ports.ts';

/** Programs of Prometheus, or why they cannot be had here. */
export const monitoringTools = await debianTools('prometheus-1', ['prometheus', 'prometheus-alertmanager']);

/** A server of a test, and the folder it lies in. */
export interface MonitoringServer {
  readonly url: string;
  readonly folder: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** `nodetide` with the password `open sesame`, as bcrypt. */
const USERS = 'basic_auth_users: {nodetide: "$2b$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW"}';
const START_MS = 30_000;
const LOOK_MS = 50;

/** Rules of a group that is judged five times a second: an alert that always fires, and one that is on or off. */
export function rules(isOn: boolean): string {
  const rule = (alert: string, expr: string) => ({ alert, expr, labels: { severity: 'critical', node: 'n9' } });
  const group = {
    name: 'g',
    interval: '200ms',
    rules: [rule('Watchdog', 'vector(1)'), rule('Fire', isOn ? 'vector(1)' : 'vector(0) > 1')],
  };
  return JSON.stringify({ groups: [group] });
}

/** A Prometheus over TLS for a user with a password; its rules are in `rules.json`, read again on SIGHUP; its CA is `cert.pem`. */
export async function startPrometheus(): Promise<MonitoringServer> {
  const folder = await mkdtemp(join(tmpdir(), 'nodetide-prometheus-'));
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=prometheus.example', '-addext', 'subjectAltName=DNS:prometheus.example'];
  const pem = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync('openssl', [...words, ...names, ...pem], { stdio: 'ignore' });
  await writeFile(join(folder, 'rules.json'), rules(true));
  await writeFile(join(folder, 'config.json'), JSON.stringify({ rule_files: ['rules.json'] }));
  await writeFile(join(folder, 'web.yml'), `tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n${USERS}\n`);
  await writeFile(join(folder, 'password'), 'open sesame\n');
  const port = await freePort();
  const flags = [
    `--config.file=${folder}/config.json`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.config.file=${folder}/web.yml`,
  ];
  return start(
    join(toolsFolder(), 'usr/bin/prometheus'),
    folder,
    [...flags, `--web.listen-address=127.0.0.1:${port}`],
    `https://127.0.0.1:${port}`,
  );
}

/** An Alertmanager that tells nobody. */
export async function startAlertmanager(): Promise<MonitoringServer> {
  const folder = await mkdtemp(join(tmpdir(), 'nodetide-alertmanager-'));
  await writeFile(join(folder, 'config.yml'), 'route: {receiver: none}\nreceivers: [{name: none}]\n');
  // Debian's build looks for its templates there and nowhere else; a path of the same length finds them in its folder.
  const templates = '/usr/share/prometheus/alertmanager';
  const binary = await readFile(join(toolsFolder(), 'usr/bin/prometheus-alertmanager'), 'latin1');
  const program = join(folder, 'alertmanager');
  await writeFile(program, binary.replaceAll(templates, './'.repeat(templates.length / 2)), 'latin1');
  await chmod(program, 0o755);
  for (const name of ['default.tmpl', 'email.tmpl']) {
    await copyFile(join(toolsFolder(), templates, name), join(folder, name));
  }
  const port = await freePort();
  const flags = [`--config.file=${folder}/config.yml`, `--storage.path=${folder}/data`, '--cluster.listen-address='];
  return start(program, folder, [...flags, `--web.listen-address=127.0.0.1:${port}`], `http://127.0.0.1:${port}`);
}

async function start(
  program: string,
  folder: string,
  flags: readonly string[],
  url: string,
): Promise<MonitoringServer> {
  const child = spawn(program, flags, { stdio: 'ignore', cwd: folder });
  const stop = async () => {
    const ended = child.exitCode === null ? once(child, 'exit') : null;
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const until = Date.now() + START_MS;
  while (!(await answers(url))) {
    if (Date.now() > until || child.exitCode !== null) {
      await stop();
      throw new Error(`${program} does not answer`);
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
  return { url, folder, process: child, stop };
}

async function answers(url: string): Promise<boolean> {
  const tls = { caFile: null, serverName: '', insecure: true };
  const probe = { url: new URL(`${url}/-/ready`), method: 'GET', headers: {}, redirects: 0, tls } as const;
  const status = await httpProbes.http(probe, AbortSignal.timeout(5_000)).then(
    ({ status: code }) => code,
    () => 0,
  );
  return status === 200 || status === 401;
}

function toolsFolder(): string {
  return (monitoringTools as DebianTools).folder;
}
