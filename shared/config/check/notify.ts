import { closest } from '../../domain/text.ts';
import type { Finding, Path } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';
import type { TargetFile } from '../schema/notify.ts';
import { checkHeaders } from './http.ts';

type MailFile = Extract<TargetFile, { kind: 'mail' }>;

/** Routes that lead nowhere, targets that nobody uses, and settings that contradict each other. */
export function checkNotify(file: FleetFile, clusters: readonly string[]): Finding[] {
  const { targets = {}, routes = [] } = file.notifications ?? {};
  const base: Path = ['notifications'];
  const stages = file.stages.map(({ name }) => name);
  const known = { to: Object.keys(targets), clusters, stages } as const;
  const words = { to: 'target', clusters: 'cluster', stages: 'stage' } as const;
  const strange = routes.flatMap((route, index) =>
    (['to', 'clusters', 'stages'] as const).flatMap(key =>
      (route[key] ?? []).flatMap((name, at) =>
        unknown(words[key], name, known[key], [...base, 'routes', index, key, at]),
      ),
    ),
  );
  const used = new Set(routes.flatMap(route => route.to));
  const idle = Object.keys(targets)
    .filter(name => !used.has(name))
    .map(name => finding('target-unused', [...base, 'targets', name], `no route leads to ${name}; name it in to`));
  const wrong = Object.entries(targets).flatMap(([name, target]) => checkTarget(target, [...base, 'targets', name]));
  return [...strange, ...idle, ...wrong];
}

function unknown(what: string, name: string, names: readonly string[], path: Path): Finding[] {
  if (names.includes(name)) return [];
  const meant = closest(name, names);
  const hint = meant === undefined ? `there is ${names.join(', ') || 'none'}` : `did you mean "${meant}"?`;
  return [finding(`unknown-${what}`, path, `there is no ${what} "${name}"; ${hint}`)];
}

function checkTarget(target: TargetFile, path: Path): Finding[] {
  if (target.kind === 'mail') return checkMail(target, path);
  if (target.kind !== 'webhook') return [];
  const isReadable = typeof target.url === 'string' && target.url.startsWith('http:');
  const message = 'the URL is http, so caFile would not count; use https, or take caFile away';
  const tls = isReadable && target.caFile !== undefined ? [finding('target-tls', [...path, 'caFile'], message)] : [];
  return [...tls, ...checkHeaders(target.headers, path)];
}

function checkMail({ user, password, tls, host }: MailFile, path: Path): Finding[] {
  const findings: Finding[] = [];
  if ((user === undefined) !== (password === undefined)) {
    const key = user === undefined ? 'password' : 'user';
    const message = 'a user and a password belong together; give both, or none';
    findings.push(finding('target-login', [...path, key], message));
  }
  if (tls === 'none' && !isLoopback(host)) {
    const message = `mail to ${host} would go through the network for all to read; use starttls or tls`;
    findings.push(finding('target-tls', [...path, 'tls'], message));
  }
  return findings;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function finding(code: string, path: Path, message: string): Finding {
  return { code, path, message };
}
