import type { Found } from './replay.ts';

/** A way in which the simulator is known to answer otherwise; docs/simulator.md tells users the same. */
export interface Documented {
  readonly id: string;
  readonly reason: string;
  covers(found: Found): boolean;
}

/** Every difference that may be. A test fails for one that no recording shows any more. */
export const DOCUMENTED: readonly Documented[] = [
  {
    id: 'version',
    reason: 'says that it is a simulator, and has no commit or build date',
    covers: ({ request, at }) =>
      request.startsWith('GET /version') && /^body\.(gitVersion|gitCommit|buildDate)$/.test(at),
  },
  {
    id: 'no-protobuf-answers',
    reason: 'reads protobuf but answers in JSON, which every client that asks for protobuf takes too',
    covers: ({ at, recorded }) => at === 'header content-type' && recorded === 'application/vnd.kubernetes.protobuf',
  },
  {
    id: 'root-paths',
    reason: 'has no start-up hooks, metrics and OpenID paths, so / does not name them',
    covers: ({ request, at }) => request === 'GET /' && at.startsWith('body.paths.'),
  },
  {
    id: 'verbose-probes',
    reason: 'has one check, ping, where a real server has some thirty start-up hooks',
    covers: ({ request, at }) => request.includes('z?verbose') && at === 'body',
  },
  {
    id: 'daemonset-generation-annotation',
    reason: 'a DaemonSet looks the same in every form; a real Table leaves out the deprecated generation annotation',
    covers: ({ request, at, recorded }) =>
      request.includes('/daemonsets') && at.endsWith('.object.metadata.annotations') && recorded === undefined,
  },
  {
    id: 'no-field-diff',
    reason: 'refuses a forbidden change of a pod in the same words, without the diff of internal fields after them',
    covers: ({ at, recorded, live }) =>
      /^body\.(details\.causes\.0\.)?message$/.test(at) && String(recorded).startsWith(`${String(live)}\n@@`),
  },
  {
    id: 'no-strict-fields',
    reason: 'has no schemas: a field nobody knows is kept, also with fieldValidation=Strict',
    covers: ({ recording, seq }) => recording === 'invalid-422' && seq === 12,
  },
  {
    id: 'bare-openapi',
    reason: 'its OpenAPI documents name kinds and parameters, but have no schemas of fields',
    covers: ({ request, at }) => request.startsWith('GET /openapi/v3/') && at.startsWith('body.components.schemas'),
  },
  {
    id: 'openapi-unchanged',
    reason: 'its OpenAPI index is the same as long as it runs; a real one is made anew now and then',
    covers: ({ recording, seq }) => recording === 'kubectl-writes' && seq === 42,
  },
  {
    id: 'rollout-pace',
    reason: 'the moments in the middle of a rollout pass at their own pace, and leave out the pods that terminate',
    covers: ({ recording, seq, at }) =>
      recording === 'kubectl-writes' && [31, 32, 33].includes(seq) && /^(body\..*status\.|events\.\d)/.test(at),
  },
  {
    id: 'taints-together',
    reason: 'takes both taints of a lost node away at once; a real cluster takes NoExecute some seconds later',
    covers: ({ recording, seq, at }) => recording === 'node-not-ready' && seq === 9 && at === 'body.spec.taints',
  },
];
