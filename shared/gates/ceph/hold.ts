import type { CephGateSettings } from '../../domain/gate/ceph.ts';
import type { GateHold } from '../hold.ts';
import { readFlags } from './answer.ts';
import { askCeph, orderCeph } from './run.ts';

/** Kept before noout is set. Missing: it was set already, or is not set yet. */
interface OurNoout {
  readonly noout: 'ours';
  readonly sinceMs: number;
}

/**
 * noout, set by us only where nobody has set it, and taken back only where we have: that it will be ours is kept before it
 * is set. One that others took away meanwhile is set anew.
 */
export const cephHold: GateHold<CephGateSettings> = {
  wanted: ({ noout }) => noout,
  take: async (settings, from, memory) => {
    if (readFlags(await askCeph(settings, 'osd dump', from)).includes('noout')) return null;
    if (!isOurs(memory.kept)) await memory.remember({ noout: 'ours', sinceMs: memory.nowMs } satisfies OurNoout);
    await orderCeph(settings, 'osd set noout', from);
    return null;
  },
  release: async (settings, from, { kept }) => {
    if (isOurs(kept)) await orderCeph(settings, 'osd unset noout', from);
  },
};

function isOurs(kept: unknown): boolean {
  return (kept as Partial<OurNoout> | null)?.noout === 'ours';
}
