import { answer, GATE_BASE, type GateCase } from './case.ts';

const ask = {
  url: 'http://ops.example/go',
  method: 'GET',
  status: [{ from: 200, to: 299 }],
  body: 'yes',
  bodyMatches: '',
  headers: {},
  redirects: 0,
  tls: { caFile: null, serverName: '', insecure: false },
} as const;
const settings = { ...GATE_BASE, kind: 'http', of: 'cluster', ask } as const;
const opens = 'when it answers as it should';

/** Answers of an HTTP server. */
export const HTTP_CASES: readonly GateCase[] = [
  { name: 'the answer it should be', settings, http: answer('yes, go'), says: 'open' },
  {
    name: 'another status',
    settings,
    http: answer('yes', 503),
    says: { reasons: ['HTTP 503, expected 200-299: yes'], opens },
  },
  {
    name: 'another body',
    settings,
    http: answer('no\nway'),
    says: { reasons: ['HTTP 200, but "yes" is not in the body: no way'], opens },
  },
  {
    name: 'a question about a node',
    settings: { ...settings, of: 'node', ask: { ...ask, url: 'http://ops.example/{node}' } },
    http: ({ url }) => ({ status: url.pathname === '/n1' ? 200 : 404, body: 'yes', isCut: false }),
    says: 'open',
  },
  {
    name: 'nobody there',
    settings,
    http: () => {
      throw new Error('refused');
    },
    says: { throws: 'refused' },
  },
];
