import { readFile, stat } from 'node:fs/promises';
import type { PodView } from '../../../shared/domain/facts.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { matchesLabels, parseLabelSelector } from '../../../shared/domain/label-selector.ts';
import type { PreflightFacts } from '../../../shared/domain/preflight/facts.ts';
import { readSnapshot, type SnapshotFile } from '../../../shared/kubernetes/snapshot/snapshot.ts';
import type { ReaderConnector } from '../../../shared/ports/connect.ts';
import { CliError, EXIT } from '../exit.ts';
import type { SnapshotFiles } from '../preflight/snapshot-options.ts';
import type { Snapshots } from '../wiring.ts';

/** Reads the snapshots of clusters; `-` is standard input. CliError when one cannot be read. */
export async function openSnapshots(files: SnapshotFiles): Promise<Snapshots> {
  const facts = new Map<string, PreflightFacts>();
  const notes: string[] = [];
  for (const [cluster, names] of files) {
    try {
      const snapshot = readSnapshot(await Promise.all(names.map(readOne)));
      facts.set(cluster, snapshot.facts);
      notes.push(...snapshot.notes);
    } catch (error) {
      if (error instanceof CliError) throw error;
      const { message, todo } = failureOf(error);
      throw new CliError(EXIT.badInput, [message, todo].filter(Boolean).join('\n  '), { cause: error });
    }
  }
  return { facts, notes, connect: readerOf(facts) };
}

async function readOne(name: string): Promise<SnapshotFile> {
  try {
    if (name === '-') return { name: 'standard input', bytes: await readAll(process.stdin), writtenAtMs: Date.now() };
    const [bytes, { mtimeMs }] = await Promise.all([readFile(name), stat(name)]);
    return { name, bytes, writtenAtMs: mtimeMs };
  } catch (error) {
    throw new CliError(EXIT.badInput, `the snapshot ${name} cannot be read: ${(error as Error).message}`);
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Clusters that answer from their snapshots. */
function readerOf(facts: ReadonlyMap<string, PreflightFacts>): ReaderConnector {
  return name => {
    const known = facts.get(name);
    if (!known) throw new Error(`there is no snapshot of cluster ${name}`);
    return {
      name,
      listNodes: async () => [...known.nodes],
      listPods: async (namespace, selector) => {
        const wanted = parseLabelSelector(selector);
        const isMeant = (pod: PodView) => namespace === '' || pod.namespace === namespace;
        return known.pods.filter(pod => isMeant(pod) && matchesLabels(wanted, pod.labels));
      },
      listPdbs: async () => [...known.budgets],
      close: async () => undefined,
    };
  };
}
