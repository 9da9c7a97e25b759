import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { closest } from '../../domain/text.ts';
import type { Finding, Path } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';
import { absolute, type Surroundings } from '../surroundings.ts';

/** Every kubeconfig can be read and has the context that is named. `folder`: that of the fleet file. */
export function checkKubernetes(file: FleetFile, folder: string, around: Surroundings): Finding[] {
  return Object.entries(file.clusters).flatMap(([cluster, { kubernetes }]): Finding[] => {
    if (kubernetes === 'none') return [];
    const path: Path = ['clusters', cluster, 'kubernetes'];
    const { inCluster = false, kubeconfig, context } = kubernetes;
    if (inCluster) return checkInCluster(path, kubeconfig ?? context);
    const files = kubeconfig === undefined ? usualFiles(around) : [absolute(kubeconfig, folder, around.home)];
    const place = kubeconfig === undefined ? path : [...path, 'kubeconfig'];
    const { contexts, findings } = contextsOf(files, place, around);
    return [...findings, ...checkContext(context, path, findings.length > 0 ? null : contexts, files)];
  });
}

function checkInCluster(path: Path, other: string | undefined): Finding[] {
  if (other === undefined) return [];
  const message = 'inCluster is true, so kubeconfig and context would not be looked at; keep one of the two';
  return [{ code: 'two-ways-to-kubernetes', path: [...path, 'inCluster'], points: 'key', message }];
}

function checkContext(
  context: string | undefined,
  path: Path,
  contexts: readonly string[] | null,
  files: readonly string[],
): Finding[] {
  const there = contexts === null ? '' : `; ${files.join(', ')} has ${contexts.join(', ') || 'none'}`;
  if (context === undefined) {
    const message = `no context is named (the current one may be another tomorrow)${there}`;
    return [{ code: 'no-context', path, points: 'key', message, about: [[...path, 'context']] }];
  }
  if (contexts === null || contexts.includes(context)) return [];
  const meant = closest(context, contexts);
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  const message = `there is no context "${context}"${there}${hint}`;
  return [{ code: 'unknown-context', path: [...path, 'context'], message }];
}

/** Where kubectl looks when it is told nothing. */
function usualFiles(around: Surroundings): string[] {
  const listed = (around.env['KUBECONFIG'] ?? '').split(delimiter).filter(file => file !== '');
  if (listed.length === 0) return [join(around.home, '.kube', 'config')];
  const files = listed.map(file => absolute(file, around.cwd, around.home));
  // Of several, kubectl passes over those that are missing.
  const there = files.filter(file => around.trouble(file) === null);
  return there.length > 0 ? there : files;
}

function contextsOf(files: readonly string[], path: Path, around: Surroundings) {
  const contexts: string[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    const trouble = around.trouble(file);
    const found = trouble ? null : readContexts(around.read(file));
    if (found) contexts.push(...found);
    else findings.push({ code: 'kubeconfig', path, message: `kubeconfig ${file} is ${trouble ?? 'no kubeconfig'}` });
  }
  return { contexts, findings };
}

/** Names of the contexts in a kubeconfig; null: it is none. */
function readContexts(source: string): string[] | null {
  try {
    const { contexts = [] } = parse(source) as { contexts?: { name?: unknown }[] | null };
    return (contexts ?? []).map(context => String(context.name));
  } catch {
    return null;
  }
}
