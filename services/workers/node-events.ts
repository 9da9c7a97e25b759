import { failureOf } from '../../shared/domain/failure.ts';
import type { NodeEvent } from '../../shared/domain/node-event.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ClusterApi } from '../../shared/ports/cluster.ts';
import type { ServiceLog } from '../common/log.ts';

/** An Event that takes longer is given up. */
const POST_MS = 10_000;
/** More than this under way: the cluster is too slow for Events. */
const MOST_PENDING = 200;
/** A cluster that refuses Events, or does not answer, is left alone for this long. */
const SILENT_MS = 60_000;

/** Posts Kubernetes Events, each Node's in order, at best effort: nobody waits for them, and their trouble is nobody's. */
export class NodeEvents {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #log: ServiceLog;
  readonly #last = new Map<string, Promise<void>>();
  readonly #silentUntilMs = new Map<string, number>();
  #pending = 0;

  constructor(clock: Pick<Clock, 'now'>, log: ServiceLog) {
    this.#clock = clock;
    this.#log = log;
  }

  post(api: ClusterApi, event: NodeEvent): void {
    if (this.#pending >= MOST_PENDING || this.#isSilent(api.name)) return;
    this.#pending += 1;
    const key = `${api.name}/${event.node}`;
    const posted = (this.#last.get(key) ?? Promise.resolve()).then(() => this.#post(api, event));
    this.#last.set(key, posted);
    void posted.then(() => {
      this.#pending -= 1;
      if (this.#last.get(key) === posted) this.#last.delete(key);
    });
  }

  /** Resolves when all are posted, or after `limitMs`. */
  async flush(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>(resolve => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([Promise.all(this.#last.values()), late]);
    clearTimeout(timer);
  }

  /** A clock that was set back ends the silence. */
  #isSilent(cluster: string): boolean {
    const leftMs = (this.#silentUntilMs.get(cluster) ?? 0) - this.#clock.now();
    return leftMs > 0 && leftMs <= SILENT_MS;
  }

  /** Never rejects. */
  async #post(api: ClusterApi, event: NodeEvent): Promise<void> {
    if (this.#isSilent(api.name)) return;
    try {
      await api.postEvent(event, AbortSignal.timeout(POST_MS));
    } catch (error) {
      this.#silentUntilMs.set(api.name, this.#clock.now() + SILENT_MS);
      const { message } = failureOf(error);
      this.#log.warn({ cluster: api.name, node: event.node, error: message }, 'Kubernetes Events cannot be posted');
    }
  }
}
