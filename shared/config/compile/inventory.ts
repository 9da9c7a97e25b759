import type { InventorySource, StaticHost } from '../../domain/fleet.ts';
import { THIS_MACHINE } from '../../domain/plan.ts';
import { fill } from '../option.ts';
import type { FleetFile } from '../schema/fleet.ts';
import {
  type InventoryFile,
  kubernetesSourceTable,
  type StaticHostFile,
  saltSourceTable,
} from '../schema/inventory.ts';
import { nearest } from './layers.ts';
import type { ToAbsolute } from './ssh.ts';

type SourceFile = InventoryFile['sources'][number];

/** What a cluster's sources need from around them. */
export interface SourceContext {
  /** The cluster's Kubernetes context, else its name. */
  readonly context: string;
  readonly toAbsolute: ToAbsolute;
  /** Name of the profile of a host that says something of its own about SSH. `index`: position of the source. */
  profileOf(host: StaticHostFile, source: number, position: number): { profile: string; port: number };
}

/** The sources of a cluster; a cluster that names none uses the Nodes of its Kubernetes. */
export function compileSources(file: FleetFile, cluster: string, context: SourceContext): InventorySource[] {
  const sources = nearest(file, cluster, 'inventory')?.value.sources ?? [{ kind: 'kubernetes' as const }];
  return sources.map((source, index) => compileSource(source, index, context));
}

function compileSource(source: SourceFile, index: number, context: SourceContext): InventorySource {
  const overrides = source.overrides ?? false;
  if (source.kind === 'static') {
    const hosts = source.nodes.map((host, position) => compileHost(host, index, position, context));
    return { kind: 'static', hosts, overrides };
  }
  if (source.kind === 'salt') {
    const {
      file,
      nameGrain,
      context: value,
      kind: _kind,
      overrides: _overrides,
      ...grains
    } = fill(saltSourceTable, [source]);
    const named = { nameGrain: nameGrain ?? '', context: value ?? context.context };
    return { kind: 'salt', file: context.toAbsolute(file), ...grains, ...named, overrides };
  }
  const { roleLabelPrefixes, kind: _kind, ...rest } = fill(kubernetesSourceTable, [source]);
  return { kind: 'kubernetes', ...rest, rolePrefixes: roleLabelPrefixes, overrides };
}

function compileHost(host: StaticHostFile, source: number, position: number, context: SourceContext): StaticHost {
  const own = host.ssh && context.profileOf(host, source, position);
  return {
    name: host.name,
    address: host.address ?? null,
    port: host.port ?? (host.ssh?.port === undefined ? null : (own?.port ?? null)),
    sequence: host.sequence ?? null,
    roles: host.roles ?? [],
    profile: host.connection === 'local' ? THIS_MACHINE : (own?.profile ?? null),
    kubernetes: host.kubernetes ?? true,
  };
}
