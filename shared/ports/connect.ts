import type { KubernetesTarget, Plan, PlanNode } from '../domain/plan.ts';
import type { ClusterApi, ClusterReader } from './cluster.ts';
import type { Host } from './host.ts';

/** Gives the API of a cluster; connects when first used. The same cluster again gives the same object. */
export type ClusterConnector = (name: string, target: KubernetesTarget) => ClusterApi;

/** As {@link ClusterConnector}, where the cluster is only read. */
export type ReaderConnector = (name: string, target: KubernetesTarget) => ClusterReader;

/** Hears, in one line, of what a person should know about the way to a host: a key accepted for the first time. */
export type HostNotice = (text: string) => void;

/**
 * Gives a host; connects when first used and keeps one connection. The same host again gives the same object; of what
 * happens from then on the last caller's `tell` hears.
 */
export type HostConnector = (node: PlanNode, profiles: Plan['profiles'], tell?: HostNotice) => Host;
