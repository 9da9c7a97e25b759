import { setImmediate as breath } from 'node:timers/promises';

/** What a stand-in works on: a DaemonSet behind an API server. */
export interface StandInPlace {
  /** Of the API server, without a `/` at the end. */
  readonly url: string;
  readonly namespace: string;
  readonly daemonSet: string;
}

interface Entry {
  readonly nodeID: string;
  readonly created?: string;
  readonly TTL?: number;
}
interface Multi {
  readonly maxOwners: number;
  readonly locks: readonly Entry[] | null;
}
interface Kube {
  readonly metadata: { annotations?: Record<string, string> };
}

const KEY = 'weave.works/kured-node-lock';

/**
 * Takes and gives back kured's lock for one node as kured does: reads the DaemonSet, and writes it as a whole with the
 * resourceVersion it read. A pretended kured: it knows the lock and nothing else.
 */
export class KuredStandIn {
  readonly #place: StandInPlace;
  readonly #node: string;
  readonly #owners: number;
  readonly #ttlMs: number;

  constructor(place: StandInPlace, node: string, owners: number, ttlMs = 0) {
    this.#place = place;
    this.#node = node;
    this.#owners = owners;
    this.#ttlMs = ttlMs;
  }

  /** Whether it has the lock now. */
  async acquire(): Promise<boolean> {
    for (;;) {
      const object = await this.#read();
      const text = object.metadata.annotations?.[KEY];
      const wanted = this.#owners > 1 ? this.#multi(text) : this.#single(text);
      if (wanted === null) return false;
      if (await this.#write(object, wanted)) return true;
      await breath();
    }
  }

  async release(): Promise<void> {
    for (;;) {
      const object = await this.#read();
      const text = object.metadata.annotations?.[KEY];
      if (text === undefined) return;
      const rest = (JSON.parse(text) as Multi).locks?.filter(each => each.nodeID !== this.#node) ?? [];
      const wanted = this.#owners > 1 ? JSON.stringify({ maxOwners: this.#owners, locks: rest }) : undefined;
      if (await this.#write(object, wanted)) return;
    }
  }

  /** null: somebody else has it. */
  #single(text: string | undefined): string | null {
    if (text !== undefined && !isOver(JSON.parse(text) as Entry)) return null;
    return JSON.stringify(this.#entry());
  }

  #multi(text: string | undefined): string | null {
    const { locks } = (text === undefined ? { locks: [] } : JSON.parse(text)) as Multi;
    const live = (locks ?? []).filter(each => !isOver(each));
    if (live.length >= this.#owners) return null;
    return JSON.stringify({ maxOwners: this.#owners, locks: [...live, this.#entry()] });
  }

  #entry(): Entry {
    const created = new Date().toISOString();
    return { nodeID: this.#node, created, TTL: this.#ttlMs * 1e6 };
  }

  get #path(): string {
    const { url, namespace, daemonSet } = this.#place;
    return `${url}/apis/apps/v1/namespaces/${namespace}/daemonsets/${daemonSet}`;
  }

  async #read(): Promise<Kube> {
    const answer = await fetch(this.#path);
    if (!answer.ok) throw new Error(`the DaemonSet cannot be read: ${answer.status}`);
    return (await answer.json()) as Kube;
  }

  async #write(object: Kube, text: string | undefined): Promise<boolean> {
    const { [KEY]: _, ...rest } = object.metadata.annotations ?? {};
    const annotations = text === undefined ? rest : { ...rest, [KEY]: text };
    const body = JSON.stringify({ ...object, metadata: { ...object.metadata, annotations } });
    const answer = await fetch(this.#path, { method: 'PUT', headers: { 'content-type': 'application/json' }, body });
    if (answer.ok || answer.status === 409) return answer.ok;
    throw new Error(`the DaemonSet cannot be written: ${answer.status} ${await answer.text()}`);
  }
}

function isOver({ created, TTL = 0 }: Entry): boolean {
  return TTL > 0 && created !== undefined && Date.now() - Date.parse(created) >= TTL / 1e6;
}
