import type { NodeView } from '../../../shared/domain/facts.ts';
import type { GateMoment } from '../../../shared/domain/gate/gate.ts';
import type { GateSettings } from '../../../shared/domain/gate/settings.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';
import type { ControlCommand, ControlResult } from '../../../shared/ports/control.ts';
import type { HttpAnswer, HttpProbe } from '../../../shared/ports/probe.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeCluster } from '../fake-cluster.ts';

/** What a gate finds in the world, and what it makes of it. */
export interface GateCase {
  readonly name: string;
  readonly settings: GateSettings;
  /** Missing: a Kubernetes cluster without objects. null: none. */
  readonly api?: ClusterApi | null;
  readonly http?: (probe: HttpProbe) => HttpAnswer;
  readonly run?: (command: ControlCommand) => ControlResult;
  /** Missing: `claim`. */
  readonly moment?: GateMoment;
  readonly nodes?: readonly NodeView[];
  /** `open`; or the reasons and what opens it; or why it cannot be asked. */
  readonly says:
    | 'open'
    | { readonly reasons?: readonly string[]; readonly opens: string }
    | { readonly throws: string };
}

/** What every gate of these cases says of itself. */
export const GATE_BASE = { name: 'mine', at: ['claim'], timeoutMs: 10_000 } as const;

/** An answer with this body; an object is written as JSON. */
export function answer(body: unknown, status = 200): (probe: HttpProbe) => HttpAnswer {
  return () => ({ status, body: typeof body === 'string' ? body : JSON.stringify(body), isCut: false });
}

/** A cluster filled by `fill`. */
export function clusterWith(fill: (cluster: FakeCluster) => void): FakeCluster {
  const cluster = new FakeCluster(new FakeClock());
  fill(cluster);
  return cluster;
}
