import { type LoadedFleet, loadFleetText } from '../../shared/config/load.ts';
import type { FileTrouble, Surroundings } from '../../shared/config/surroundings.ts';

/** Files that every test's fleet file may name; the file itself lies in /fleet. */
const FILES: Readonly<Record<string, string>> = {
  '/home/ops/.ssh/known_hosts': '',
  '/home/ops/.ssh/id': 'key',
  '/fleet/kubeconfig': 'contexts:\n  - name: dev\n  - name: prod\n',
  '/fleet/grains.json': '{}',
};

/** A machine of files that are only thought. */
export function surroundings(
  more: Readonly<Record<string, string>> = {},
  env: Record<string, string> = {},
  troubles: Readonly<Record<string, FileTrouble>> = {},
): Surroundings {
  const files = { ...FILES, ...more };
  return {
    home: '/home/ops',
    cwd: '/fleet',
    env,
    trouble: file => troubles[file] ?? (file in files ? null : 'missing'),
    read: file => files[file] ?? '',
  };
}

/** Loads a text as /fleet/fleet.yaml. */
export function load(text: string, around: Surroundings = surroundings()): LoadedFleet {
  return loadFleetText(text, 'fleet.yaml', around);
}

/** Takes the marks `▸` out of a text; returns it and where they stood, as `line:column`. */
export function marked(text: string): { text: string; places: string[] } {
  const places: string[] = [];
  const lines = text.split('\n').map((line, index) => {
    const parts = line.split('▸');
    let column = 1;
    for (const part of parts.slice(0, -1)) {
      column += part.length;
      places.push(`${index + 1}:${column}`);
    }
    return parts.join('');
  });
  return { text: lines.join('\n'), places };
}
