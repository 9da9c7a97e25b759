import type { RolloutEvent } from '../events.ts';
import { nodeKey } from '../names.ts';
import type { Notice } from './notice.ts';
import { type About, noticeOf } from './place.ts';
import { roughSpan } from './span.ts';

interface Failed {
  readonly atMs: number;
  readonly step: string;
  /** What a person did about it, with names. */
  readonly acts: readonly string[];
}

const ACTS = {
  'node-retried': 'retried',
  'node-repaired': 'taken for repaired',
  'node-redo-asked': 'done anew',
} as const;

/** Which nodes have failed and are not well again, and how many failures there were. */
export class FailedNodes {
  readonly #failed = new Map<string, Failed>();
  #failures = 0;

  get failures(): number {
    return this.#failures;
  }

  /** Takes an event in; the notice of a node that has recovered by it, else null. */
  apply(about: About, event: RolloutEvent): Notice | null {
    if (!('node' in event && 'cluster' in event) || event.node === undefined) return null;
    const key = nodeKey(event.cluster ?? '', event.node);
    const before = this.#failed.get(key);
    switch (event.type) {
      case 'step-failed':
        this.#failures += 1;
        this.#failed.set(key, { atMs: before?.atMs ?? event.atMs, step: event.step, acts: before?.acts ?? [] });
        return null;
      case 'node-retried':
      case 'node-repaired':
      case 'node-redo-asked':
        if (before) this.#failed.set(key, { ...before, acts: [...before.acts, actText(event)] });
        return null;
      case 'node-skipped':
      case 'node-aborted':
      case 'node-excluded':
        this.#failed.delete(key);
        return null;
      case 'node-done':
        this.#failed.delete(key);
        return before ? recovered(about, event, before) : null;
      default:
        return null;
    }
  }
}

function actText(event: Extract<RolloutEvent, { type: keyof typeof ACTS }>): string {
  return `${ACTS[event.type]} by ${event.by}${event.why === '' ? '' : ` (${event.why})`}`;
}

/** Who heard of the failure hears of its end. */
function recovered(about: About, event: Extract<RolloutEvent, { type: 'node-done' }>, failed: Failed): Notice {
  const { cluster, node } = event;
  const span = roughSpan(event.atMs - failed.atMs);
  return noticeOf(about, event, {
    event: 'node-recovered',
    severity: 'info',
    weight: 'critical',
    title: `${cluster}/${node} has recovered`,
    what: `${cluster}/${node}, which had failed at ${failed.step}, is done and in service again, after ${span}.`,
    why: failed.acts.join('; '),
    cluster,
    node,
  });
}
