/** The DaemonSet of a kured as far as its lock is concerned. */
export interface KuredDaemon {
  /** `namespace/name` */
  readonly name: string;
  readonly resourceVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** How many nodes it reboots at once; above 1 its lock is of the other format. */
  readonly concurrency: number;
  /** Where its lock is. */
  readonly lockAnnotation: string;
}

const LOCK_ANNOTATION = 'weave.works/kured-node-lock';

interface Container {
  readonly name?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}
interface DaemonSet {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } } };
}

/**
 * Reads a DaemonSet as the API server gives it. kured takes each flag from its command line, or from an environment
 * variable (`KURED_` and the flag's name), which wins. Source: kured's cmd/kured.
 */
export function kuredDaemonOf(object: unknown): KuredDaemon {
  const { metadata = {}, spec } = object as DaemonSet;
  const containers = spec?.template?.spec?.containers ?? [];
  const concurrency = Number(flagOf(containers, 'concurrency') ?? 1);
  return {
    name: `${metadata.namespace ?? ''}/${metadata.name ?? ''}`,
    resourceVersion: metadata.resourceVersion ?? '',
    annotations: metadata.annotations ?? {},
    concurrency: Number.isInteger(concurrency) && concurrency > 1 ? concurrency : 1,
    lockAnnotation: flagOf(containers, 'lock-annotation') ?? LOCK_ANNOTATION,
  };
}

function flagOf(containers: readonly Container[], flag: string): string | undefined {
  const variable = `KURED_${flag.replaceAll('-', '_').toUpperCase()}`;
  for (const { env = [] } of containers) {
    const value = env.find(each => each.name === variable)?.value;
    if (value !== undefined && value !== '') return value;
  }
  const words = containers.flatMap(({ command = [], args = [] }) => [...command, ...args]);
  // The last one counts.
  return words.reduce<string | undefined>((found, word, index) => {
    if (word.startsWith(`--${flag}=`)) return word.slice(flag.length + 3);
    return word === `--${flag}` ? (words[index + 1] ?? found) : found;
  }, undefined);
}
