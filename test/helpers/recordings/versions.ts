import { type Json } from '../../../services/simulator/api/object.ts';
import { asJson } from './recording.ts';

const versionKeys = new Set(['resourceVersion', 'uid', 'continue']);

/** What the live server calls what the recorded one named otherwise: uids, resource versions, tokens, hashes. */
export class Versions {
  readonly #versions = new Map<number, number>();
  readonly #texts = new Map<string, string>();

  /** Learns that a recorded resource version is a live one. */
  learnVersion(recorded: number, live: number): void {
    this.#versions.set(recorded, live);
  }

  /** Learns that a recorded text (a uid, an etag, a hash) is a live one. */
  learnText(recorded: string, live: string): void {
    if (recorded !== live && recorded.length > 8) this.#texts.set(recorded, live);
  }

  /** Learns from two bodies of the same shape. */
  learn(recorded: unknown, live: unknown): void {
    if (Array.isArray(recorded) && Array.isArray(live)) {
      for (const [index, item] of recorded.entries()) this.learn(item, live[index]);
      return;
    }
    const [left, right] = [asJson(recorded), asJson(live)];
    if (left === undefined || right === undefined) return;
    for (const [key, value] of Object.entries(left)) this.#learnEntry(key, value, right[key]);
  }

  /** The live version; one never seen lies as far from the nearest older one that was. */
  liveVersion(recorded: number): number {
    const known = [...this.#versions.keys()].filter(version => version <= recorded);
    const nearest = Math.max(...known);
    const live = this.#versions.get(nearest);
    if (live === undefined) return recorded;
    const far = recorded - Math.max(...this.#versions.keys());
    return far > 1_000 ? live + far : live;
  }

  /** A recorded text in the live server's words. */
  translate(text: string): string {
    let translated = text;
    for (const [recorded, live] of this.#texts) translated = translated.replaceAll(recorded, live);
    return translated;
  }

  /** A recorded body in the live server's words. */
  translateBody(body: unknown): unknown {
    const parsed: unknown = JSON.parse(this.translate(JSON.stringify(body)));
    return this.#withVersions(parsed);
  }

  /** A continue token of the live server that stands where the recorded one did. */
  translateToken(token: string): string {
    try {
      const content = JSON.parse(Buffer.from(token, 'base64url').toString()) as { rv: number };
      const rv = this.liveVersion(content.rv);
      return Buffer.from(JSON.stringify({ ...content, rv })).toString('base64url');
    } catch {
      return token;
    }
  }

  #learnEntry(key: string, recorded: unknown, live: unknown): void {
    if (typeof recorded !== 'string' || typeof live !== 'string') this.learn(recorded, live);
    else if (key === 'resourceVersion' && recorded !== '' && live !== '')
      this.learnVersion(Number(recorded), Number(live));
    else if (key === 'uid') this.learnText(recorded, live);
    else if (key === 'serverRelativeURL') this.learnText(hashOf(recorded), hashOf(live));
  }

  #withVersions(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(item => this.#withVersions(item));
    const json = asJson(value);
    if (json === undefined) return value;
    if (json['path'] === '/metadata/resourceVersion')
      return { ...json, value: String(this.liveVersion(Number(json['value']))) };
    const translated: Json = {};
    for (const [key, inner] of Object.entries(json))
      translated[key] =
        key === 'resourceVersion' && /^\d+$/.test(String(inner))
          ? String(this.liveVersion(Number(inner)))
          : versionKeys.has(key)
            ? inner
            : this.#withVersions(inner);
    return translated;
  }
}

function hashOf(url: string): string {
  return url.split('?hash=')[1] ?? '';
}
