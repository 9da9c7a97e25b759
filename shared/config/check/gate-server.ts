import type { Finding, Path } from '../problem.ts';
import { alertsTable } from '../schema/gates/alerts.ts';
import type { GateFile } from '../schema/gates.ts';
import { checkHeaders, checkHttp, checkTls } from './http.ts';

type ServerGateFile = Extract<GateFile, { kind: 'prometheus' | 'alertmanager' }>;

/** What contradicts itself in a gate that asks a monitoring server. */
export function checkServerGate(gate: ServerGateFile, path: Path): Finding[] {
  return [
    ...checkAuth(gate, path),
    ...checkHeaders(gate.headers, path),
    ...checkTls(gate, path),
    ...checkServerName(gate, path),
    ...(gate.kind === 'prometheus' ? checkQuery(gate, path) : []),
  ];
}

function checkAuth({ auth }: ServerGateFile, path: Path): Finding[] {
  if (!auth) return [];
  const wrong = (message: string): Finding[] => [
    { code: 'gate-auth', path: [...path, 'auth'], points: 'key', message },
  ];
  const { token, user, password } = auth;
  if (token && (user !== undefined || password)) return wrong('both a token and a user are given; keep one');
  if (!token && user === undefined) return wrong('nobody is named; add token, or user and password');
  if (!token && !password) return wrong(`user ${user} has no password; add password: {file: PATH} or {env: NAME}`);
  return [];
}

function checkServerName({ tls }: ServerGateFile, path: Path): Finding[] {
  if (!tls?.serverName?.includes('{')) return [];
  const message = 'the server belongs to no node, so nothing is filled in here; write the name itself';
  return [{ code: 'gate-server-name', path: [...path, 'tls', 'serverName'], message }];
}

/** What would not count beside a query. */
function checkQuery(gate: Extract<GateFile, { kind: 'prometheus' }>, path: Path): Finding[] {
  if (gate.query === undefined) return [];
  const unused = [...Object.keys(alertsTable), 'pending'].filter(key => gate[key as keyof typeof gate] !== undefined);
  if (unused.length === 0) return [];
  const message = `a query is given, so ${unused.join(', ')} would not count; make two gates, or keep one`;
  return [{ code: 'gate-query', path: [...path, unused[0] ?? ''], points: 'key', message }];
}

/** What contradicts itself in a gate that asks an HTTP server: without a node there is nothing to fill in. */
export function checkHttpGate(gate: Extract<GateFile, { kind: 'http' }>, path: Path): Finding[] {
  const unfilled = [
    ...(/[{}]/.test(gate.url) ? [['url']] : []),
    ...(gate.tls?.serverName?.includes('{') ? [['tls', 'serverName']] : []),
  ];
  if (gate.of === 'node' || unfilled.length === 0) return checkHttp(gate, path);
  const message = 'nothing is filled in, as the question is about no node; add of: node, or write it without braces';
  return unfilled.map(key => ({ code: 'gate-of', path: [...path, ...key], message }));
}
