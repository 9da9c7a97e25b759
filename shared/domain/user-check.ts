import type { SecretRef } from './plan.ts';

/** What every check of the user's own says. */
interface CheckBase {
  /** Names it in results, events and messages; unique in its list. */
  readonly name: string;
  /** How long one try may take. */
  readonly timeoutMs: number;
  /** Further tries within one look, after one that did not hold. */
  readonly retries: number;
  /** Between tries. */
  readonly retryDelayMs: number;
}

/** Holds when a command ends with 0. */
export interface CommandCheck extends CheckBase {
  readonly kind: 'command';
  /** `control`: the machine nodetide runs on. */
  readonly on: 'host' | 'control';
  /** POSIX sh text; on a host it runs as root. */
  readonly command: string;
}

/** A range of HTTP status codes, both ends included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** How the server of an `https` URL is checked. */
export interface HttpTls {
  /** PEM file of the authorities to trust instead of the usual ones; null: the usual ones. */
  readonly caFile: string | null;
  /** Name to ask for and to find in the certificate; empty: the host of the URL. */
  readonly serverName: string;
  /** True: any certificate is taken. */
  readonly insecure: boolean;
}

/** What an HTTP server must answer. Asked from the machine nodetide runs on, never through a proxy. */
export interface HttpQuestion {
  /** May hold `{address}` and `{node}`, where there is a node. */
  readonly url: string;
  readonly method: 'GET' | 'HEAD';
  readonly status: readonly StatusRange[];
  /** Text the body must hold; empty: any. */
  readonly body: string;
  /** Regular expression the body must match; empty: any. */
  readonly bodyMatches: string;
  readonly headers: Readonly<Record<string, string | SecretRef>>;
  /** How many redirects are followed; 0: a redirect is an answer like any other. */
  readonly redirects: number;
  readonly tls: HttpTls;
}

/** Holds when an HTTP server answers as it should. */
export interface HttpCheck extends CheckBase, HttpQuestion {
  readonly kind: 'http';
}

/** Which Kubernetes objects are meant. Its texts but the resource may hold `{node}` and `{address}`. */
export interface ObjectSelection {
  /** Plural, as `kubectl api-resources` shows it: `nodes`, `deployments.apps`, `deployments.v1.apps`. */
  readonly resource: string;
  /** Empty: none, or all of them. */
  readonly namespace: string;
  /** Empty: those the selectors name. */
  readonly name: string;
  readonly selector: string;
  readonly fieldSelector: string;
}

/** What must be found in each of the objects. */
export type ObjectExpectation =
  | { readonly kind: 'condition'; readonly type: string; readonly status: string }
  /** `value` null: anything but nothing. */
  | { readonly kind: 'jsonPath'; readonly path: string; readonly value: string | null };

/** Holds when there is at least one such object and each is as expected, as `kubectl wait --for` judges. */
export interface ConditionCheck extends CheckBase {
  readonly kind: 'condition';
  readonly objects: ObjectSelection;
  readonly expect: ObjectExpectation;
}

/** A check of the user's own. */
export type UserCheck = CommandCheck | HttpCheck | ConditionCheck;
