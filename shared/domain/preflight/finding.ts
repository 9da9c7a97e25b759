import type { FindingCode } from './codes.ts';

/** What an analysis says of one case, before the policy has its say. */
export interface Discovery {
  readonly code: FindingCode;
  /** One sentence: what is so, with the numbers that show it. */
  readonly message: string;
  /** The nodes of the wave it is about, in plan order. */
  readonly nodes: readonly string[];
  /** The pods it is about, `namespace/name`, sorted. */
  readonly pods: readonly string[];
}

/** What the policy lets through. */
export interface Finding extends Discovery {
  readonly level: 'warn' | 'block';
  readonly todo: string;
}

/** What was found for one wave, blockers first. */
export interface WaveFindings {
  /** From 0 within its cluster. */
  readonly wave: number;
  readonly name: string;
  readonly findings: readonly Finding[];
}

/** What was found for one cluster: each of its waves, also those without a finding. */
export interface ClusterFindings {
  readonly cluster: string;
  readonly waves: readonly WaveFindings[];
}

/** What was found for a plan; clusters without Kubernetes are not in it. */
export interface PreflightReport {
  readonly blockers: number;
  readonly warnings: number;
  readonly clusters: readonly ClusterFindings[];
}
