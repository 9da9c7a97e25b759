import { closed, OPEN } from '../../domain/gate/gate.ts';
import type { HttpGateSettings } from '../../domain/gate/http.ts';
import { judgeAnswer } from '../../domain/http-answer.ts';
import { fillPlaceholders } from '../../domain/placeholders.ts';
import { probeUrl } from '../../domain/probe-url.ts';
import type { HttpAnswer } from '../../ports/probe.ts';
import type { Gate } from '../gate.ts';

/** Closed as long as an HTTP server does not answer as it should. */
export const httpGate: Gate<HttpGateSettings, HttpAnswer> = {
  kind: 'http',
  scope: ({ of }) => (of === 'cluster' ? 'cluster' : 'each'),
  gather: ({ ask }, { probes, signal }, node) => {
    const { method, headers, redirects, tls } = ask;
    const values = { node: node?.name ?? '', address: node?.host.address ?? '' };
    const url = node === null ? new URL(ask.url) : probeUrl(ask.url, values);
    const named = { ...tls, serverName: node === null ? tls.serverName : fillPlaceholders(tls.serverName, values) };
    return probes.http({ url, method, headers, redirects, tls: named }, signal);
  },
  judge: ({ ask }, answer) => {
    const { ok, detail } = judgeAnswer(ask, answer);
    return ok ? OPEN : closed([detail], 'when it answers as it should');
  },
};
