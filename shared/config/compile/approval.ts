import type { z } from 'zod';
import type { ApprovalPolicy } from '../../domain/approval/policy.ts';
import type { FleetWave, WavePlaces } from '../../domain/fleet.ts';
import { fill } from '../option.ts';
import { type ApprovalFile, approvalsTable, placePolicyTable } from '../schema/approval.ts';
import type { WaveFile } from '../schema/cluster.ts';
import type { policySchema } from '../schema/policy.ts';

/** Where a cluster waits, before a wave says otherwise. `layers`: general first. */
export function compilePlaces(layers: readonly z.output<typeof policySchema>[]): {
  readonly cluster: ApprovalPolicy | undefined;
  readonly waves: WavePlaces;
} {
  const { waveSoak } = fill(placePolicyTable, layers);
  const { cluster, wave, canary } = fill(
    approvalsTable,
    layers.map(layer => layer.approval),
  );
  const waves = { ...named('approval', compileApproval(wave)), ...named('canary', compileApproval(canary)) };
  return { cluster: compileApproval(cluster), waves: { ...waves, ...soakOf(waveSoak) } };
}

/** What holds for one wave: its own word first. */
export function compileWavePlaces(wave: WaveFile, general: WavePlaces): Pick<FleetWave, keyof WavePlaces> {
  const { approval, canary, soak } = wave;
  return {
    ...named('approval', approval === undefined ? general.approval : compileApproval(approval)),
    ...named('canary', canary === undefined ? general.canary : compileApproval(canary)),
    ...(soak === undefined ? named('soakMs', general.soakMs) : soakOf(soak)),
  };
}

/** undefined: none is asked for. */
export function compileApproval(file: ApprovalFile | undefined): ApprovalPolicy | undefined {
  if (file === undefined || file === false) return undefined;
  const { expires, auto } = file === true ? {} : file;
  return { expiresMs: expires?.ms ?? null, autoMs: auto?.ms ?? null };
}

/** Nothing for no soak. */
export function soakOf(soak: { readonly ms: number } | undefined): { soakMs?: number } {
  return soak === undefined || soak.ms === 0 ? {} : { soakMs: soak.ms };
}

function named<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: T });
}
