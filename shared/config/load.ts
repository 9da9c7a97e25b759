import { dirname, resolve } from 'node:path';
import type { Fleet } from '../domain/fleet.ts';
import { Calendars } from './calendar/calendars.ts';
import { checkGrainFiles } from './check/files.ts';
import { checkGates } from './check/gates.ts';
import { checkHooks } from './check/hooks.ts';
import { checkInventory } from './check/inventory.ts';
import { checkKubernetes } from './check/kubernetes.ts';
import { checkNotify } from './check/notify.ts';
import { checkPolicies } from './check/policy.ts';
import { checkSchedules } from './check/schedules.ts';
import { checkSsh } from './check/ssh.ts';
import { checkStages } from './check/stages.ts';
import { checkWaves } from './check/waves.ts';
import { checkWindows } from './check/windows.ts';
import { compileFleet } from './compile/compile.ts';
import type { ReadCalendar } from './compile/window.ts';
import { checkData } from './document/check.ts';
import { valueAt } from './document/issues.ts';
import { parseSource, type SourceDocument } from './document/parse.ts';
import { type Finding, type FleetProblem, isWithin, type Path, showPath } from './problem.ts';
import { type FleetFile, fleetSchema } from './schema/fleet.ts';
import { absolute, processSurroundings, type Surroundings } from './surroundings.ts';

/** A fleet file as read: either the fleet, or everything that is wrong with it, in the order of the file. */
export type LoadedFleet =
  | { readonly fleet: Fleet; readonly problems: readonly [] }
  | { readonly fleet: null; readonly problems: readonly FleetProblem[] };

/** Reads, checks and compiles a fleet file; also looks whether the files it names are there. Never throws. */
export function loadFleet(file: string, around: Surroundings = processSurroundings()): LoadedFleet {
  const full = resolve(around.cwd, file);
  const trouble = around.trouble(full);
  if (trouble) {
    const message = `the fleet file is ${trouble}`;
    return { fleet: null, problems: [{ code: 'fleet-file', file, line: 1, column: 1, path: '', message }] };
  }
  return loadFleetText(around.read(full), file, around);
}

/** As {@link loadFleet}, for a text; `file` names it in problems, and its folder is where relative paths start. */
export function loadFleetText(source: string, file: string, around: Surroundings): LoadedFleet {
  const folder = dirname(resolve(around.cwd, file));
  const document = parseSource(source);
  if (document.errors.length > 0) return { fleet: null, problems: syntaxProblems(document, file) };
  const { findings, value, removed } = checkData(fleetSchema, document.value ?? null);
  const unnamed = findings.filter(finding => finding.code === 'wrong-name').map(finding => finding.path.at(-1));
  const clusters = Object.keys((valueAt(document.value, ['clusters']) as object | undefined) ?? {});
  const named = clusters.filter(name => !unnamed.includes(name));
  const calendars = new Calendars(folder, around);
  const deeper = value ? deeperFindings(value, named, folder, around, calendars) : [];
  const sure = [...findings, ...deeper.filter(finding => !isDoubtful(finding, removed))];
  const all = around.reaches === false ? sure.filter(({ code }) => !REACHING_CODES.includes(code)) : sure;
  if (value && all.length === 0) {
    const readCalendar: ReadCalendar = (path, zone, why) => calendars.read(path, zone, why).freezes;
    return { fleet: compileFleet(value, path => absolute(path, folder, around.home), readCalendar), problems: [] };
  }
  return { fleet: null, problems: placed(all, document, file) };
}

/** What only matters where hosts and clusters are reached from. */
const REACHING_CODES = ['key-file', 'secret-file', 'known-hosts', 'kubeconfig', 'unknown-context'];

function deeperFindings(
  value: FleetFile,
  clusters: string[],
  folder: string,
  around: Surroundings,
  calendars: Calendars,
): Finding[] {
  return [
    ...checkStages(value, clusters),
    ...checkWaves(value),
    ...checkInventory(value),
    ...checkPolicies(value),
    ...checkHooks(value),
    ...checkWindows(value, calendars),
    ...checkSchedules(value, clusters),
    ...checkNotify(value, clusters),
    ...checkGates(value),
    ...checkSsh(value, folder, around),
    ...checkKubernetes(value, folder, around),
    ...checkGrainFiles(value, folder, around),
  ];
}

/** What it is about was taken out because it is wrong itself: it may be right once that is mended. */
function isDoubtful(finding: Finding, removed: readonly Path[]): boolean {
  const about = finding.about ?? [finding.path];
  return removed.some(path => about.some(place => isWithin(path, place) || isWithin(place, path)));
}

function placed(findings: readonly Finding[], document: SourceDocument, file: string): FleetProblem[] {
  const problems = findings.map(({ code, path, points, message }): FleetProblem => {
    const { line, column } = document.locate(path, points ?? 'value');
    return { code, file, line, column, path: showPath(path), message };
  });
  const unique = new Map(
    problems.map(problem => [JSON.stringify([problem.line, problem.column, problem.message]), problem]),
  );
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

function syntaxProblems(document: SourceDocument, file: string): FleetProblem[] {
  return document.errors.map(({ code, message, position }) => ({
    code: code === 'DUPLICATE_KEY' ? 'duplicate-key' : 'yaml-syntax',
    file,
    ...position,
    path: '',
    message: code === 'DUPLICATE_KEY' ? 'this key stands here for the second time; keep one of the two' : message,
  }));
}
