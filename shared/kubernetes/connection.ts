import type {
  AppsV1Api,
  AuthorizationV1Api,
  ConfigurationOptions,
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  ObservableMiddleware,
  PolicyV1Api,
  ResponseContext,
  StorageV1Api,
  VersionApi,
} from '@kubernetes/client-node';
import { StepError } from '../domain/failure.ts';
import { fail } from '../domain/failures/catalogue.ts';
import { DEFAULT_RATE, type KubernetesTarget } from '../domain/plan.ts';
import { unlessAborted } from '../ports/abort.ts';
import { type CallSettings, call } from './call.ts';
import type * as ClientNode from './client.ts';
import { shareDispatcher } from './dispatcher.ts';
import { loadKubeConfig } from './kubeconfig.ts';
import { type RawRequest, sendRaw } from './send.ts';
import { Throttle } from './throttle.ts';

/** Options of one call of client-node, with the signal in them. */
export type CallOptions = ConfigurationOptions<ObservableMiddleware>;

/** client-node, loaded, with one cluster's credentials and one pool of connections. */
export interface Connection {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly policy: PolicyV1Api;
  readonly storage: StorageV1Api;
  readonly coordination: CoordinationV1Api;
  readonly authorization: AuthorizationV1Api;
  readonly version: VersionApi;
  /** URL of the API server, as the kubeconfig has it. */
  readonly server: string;
  /** Makes a call; see {@link call}. */
  call<T>(asked: Asked, run: (options: CallOptions) => Promise<T>): Promise<T>;
  /** Makes a call as {@link call} does, past client-node's generated code; see {@link sendRaw}. */
  send(asked: Asked, request: RawRequest): Promise<string>;
  /** GET with the body as it comes, ahead of calls that wait their turn; the caller looks at the status. */
  stream(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<ResponseContext>;
  close(): Promise<void>;
}

/** What is asked of {@link Connection.call}: reads are repeatable by default. */
export interface Asked {
  readonly doing: string;
  readonly signal: AbortSignal;
  readonly write?: boolean;
  /** Goes ahead of all calls that wait for their turn. */
  readonly urgent?: boolean;
  /** Content-Type, for patches. */
  readonly contentType?: string;
}

const CALL_TIMEOUT_MS = 30_000;

/** Loads client-node (much work) and opens a cluster with it; nothing is sent yet. */
export async function connect(cluster: string, target: KubernetesTarget): Promise<Connection> {
  const k8s = await import('./client.ts');
  const config = new k8s.KubeConfig();
  loadKubeConfig(cluster, target, config);
  const close = shareDispatcher(config);
  const throttle = new Throttle({ qps: target.qps ?? DEFAULT_RATE.qps, burst: target.burst ?? DEFAULT_RATE.burst });
  nameAuthFailures(cluster, config);
  const options = optionMaker(k8s);
  return {
    core: config.makeApiClient(k8s.CoreV1Api),
    apps: config.makeApiClient(k8s.AppsV1Api),
    policy: config.makeApiClient(k8s.PolicyV1Api),
    storage: config.makeApiClient(k8s.StorageV1Api),
    coordination: config.makeApiClient(k8s.CoordinationV1Api),
    authorization: config.makeApiClient(k8s.AuthorizationV1Api),
    version: config.makeApiClient(k8s.VersionApi),
    server: config.getCurrentCluster()?.server ?? '',
    call: (asked, run) => call(settingsOf(cluster, asked, throttle), signal => run(options(asked, signal))),
    send: (asked, request) =>
      call(settingsOf(cluster, asked, throttle), signal => sendRaw(k8s, config, request, signal)),
    stream: async (path, query, signal) => {
      throttle.takeFirst();
      const server = config.getCurrentCluster()?.server.replace(/\/$/, '') ?? '';
      const context = new k8s.RequestContext(`${server}${path}?${new URLSearchParams(query)}`, k8s.HttpMethod.GET);
      context.setHeaderParam('Accept', 'application/json');
      context.setSignal(signal);
      // A credential plugin looks at no signal.
      await unlessAborted(config.applySecurityAuthentication(context), signal);
      return new k8s.IsomorphicFetchHttpLibrary().send(context).toPromise();
    },
    close,
  };
}

/** Makes the options that put signal and Content-Type into a call of client-node. */
function optionMaker(k8s: typeof ClientNode) {
  const same = <T>(value: T) => new k8s.Observable(Promise.resolve(value));
  return (asked: Asked, signal: AbortSignal): CallOptions => ({
    middleware: [
      {
        pre: context => {
          context.setSignal(signal);
          if (asked.contentType !== undefined) context.setHeaderParam('Content-Type', asked.contentType);
          return same(context);
        },
        post: same,
      },
    ],
    middlewareMergeStrategy: 'append',
  });
}

function settingsOf(cluster: string, asked: Asked, throttle: Throttle): CallSettings {
  const { doing, signal } = asked;
  const admit = async (until: AbortSignal): Promise<() => void> => {
    if (asked.urgent !== true) return throttle.take(until);
    throttle.takeFirst();
    return () => undefined;
  };
  return { cluster, doing, signal, timeoutMs: CALL_TIMEOUT_MS, repeatable: asked.write !== true, admit };
}

/** A credential plugin or token file that fails is a matter of credentials, not of the network. */
function nameAuthFailures(cluster: string, config: KubeConfig): void {
  const apply = config.applySecurityAuthentication.bind(config);
  config.applySecurityAuthentication = async context => {
    try {
      await apply(context);
    } catch (cause) {
      if (cause instanceof StepError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw fail('cluster-unauthorized', { message: `${cluster}: cannot get credentials: ${why}`, cause });
    }
  };
}
