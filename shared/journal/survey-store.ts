import type { Redis } from 'ioredis';
import type { ClusterSurvey, NodeDue } from '../domain/survey/survey.ts';
import { compareNatural } from '../domain/text.ts';
import type { SurveyStore } from '../ports/survey.ts';
import { FORGET_SURVEYS, KEEP_ANSWERS, KEEP_NODE_DONE, KEEP_SURVEY } from './scripts/survey.ts';

type Head = Omit<ClusterSurvey, 'nodes'>;

interface Kept {
  readonly version: string;
  readonly survey: ClusterSurvey;
}

/**
 * Surveys on Redis: see {@link SurveyStore}. A survey that was read is read again only when it has changed: one of
 * thousands of hosts is more than a megabyte, and views ask each second.
 */
export class RedisSurveyStore implements SurveyStore {
  readonly #redis: Redis;
  readonly #heads: string;
  readonly #versions: string;
  readonly #own: string;
  readonly #kept = new Map<string, Kept>();

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#heads = `${prefix}:~surveys`;
    this.#versions = `${prefix}:~survey-versions`;
    this.#own = `${prefix}:~survey:`;
  }

  async surveys(): Promise<readonly ClusterSurvey[]> {
    const [heads, versions] = await Promise.all([
      this.#redis.hgetall(this.#heads),
      this.#redis.hgetall(this.#versions),
    ]);
    const names = Object.keys(heads).sort(compareNatural);
    for (const name of this.#kept.keys()) if (heads[name] === undefined) this.#kept.delete(name);
    const all = await Promise.all(names.map(name => this.#read(name, versions[name] ?? '')));
    return all.filter(survey => survey !== null);
  }

  async survey(cluster: string): Promise<ClusterSurvey | null> {
    return this.#read(cluster, (await this.#redis.hget(this.#versions, cluster)) ?? '');
  }

  async keepSurvey({ nodes, ...head }: ClusterSurvey): Promise<void> {
    await this.#run(KEEP_SURVEY, head.cluster, JSON.stringify(head), ...pairsOf(nodes));
  }

  async keepAnswers(cluster: string, nodes: readonly NodeDue[]): Promise<void> {
    await this.#run(KEEP_ANSWERS, cluster, ...pairsOf(nodes));
  }

  async keepNodeDone(cluster: string, node: string, atMs: number, patchedAtMs: number | null): Promise<void> {
    await this.#run(KEEP_NODE_DONE, cluster, node, String(atMs), String(patchedAtMs ?? 0));
  }

  async outdated(cluster: string): Promise<readonly string[]> {
    const [survey, done] = await Promise.all([
      this.survey(cluster),
      this.#redis.hgetall(`${this.#own}${cluster}:done`),
    ]);
    return (survey?.nodes ?? []).filter(({ node, atMs }) => Number(done[node] ?? 0) > atMs).map(({ node }) => node);
  }

  async forgetOthers(fleetFile: string, clusters: readonly string[]): Promise<void> {
    await this.#run(FORGET_SURVEYS, fleetFile, ...clusters);
  }

  async #read(cluster: string, version: string): Promise<ClusterSurvey | null> {
    const kept = this.#kept.get(cluster);
    if (kept && kept.version === version) return kept.survey;
    const [text, answers, patched] = await Promise.all([
      this.#redis.hget(this.#heads, cluster),
      this.#redis.hvals(`${this.#own}${cluster}:nodes`),
      this.#redis.hgetall(`${this.#own}${cluster}:patched`),
    ]);
    if (text === null) return null;
    const nodes = answers
      .map(answer => JSON.parse(answer) as NodeDue)
      .map(node => ({ ...node, patchedAtMs: patched[node.node] === undefined ? null : Number(patched[node.node]) }))
      .sort((a, b) => a.wave - b.wave || compareNatural(a.node, b.node));
    const survey = { ...(JSON.parse(text) as Head), nodes };
    this.#kept.set(cluster, { version, survey });
    return survey;
  }

  async #run(script: string, ...args: readonly string[]): Promise<void> {
    await this.#redis.eval(script, 3, this.#heads, this.#versions, this.#own, ...args);
  }
}

function pairsOf(nodes: readonly NodeDue[]): string[] {
  return nodes.flatMap(node => [node.node, JSON.stringify({ ...node, patchedAtMs: null })]);
}
