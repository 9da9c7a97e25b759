const PAGES = [
  [/^\/rollouts\/([^/]+)$/, (id: string) => `Rollout ${id}`],
  [/^\/rollouts\/([^/]+)\/timeline$/, (id: string) => `Timeline of ${id}`],
  [/^\/rollouts\/[^/]+\/nodes\/([^/]+)\/([^/]+)$/, (cluster: string, node: string) => `${cluster}/${node}`],
] as const;

/** What a page is called that does not say so itself; empty: nothing. */
export function titleOf(path: string): string {
  for (const [pattern, name] of PAGES) {
    const [, first = '', second = ''] = pattern.exec(path) ?? [];
    if (first !== '') return name(decoded(first), decoded(second));
  }
  return '';
}

/** A part of an address that somebody mistyped stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The browser's title: how many things wait for a person, the page, the program. */
export function titleText(page: string, waiting: number): string {
  const name = page === '' ? 'nodetide' : `${page} · nodetide`;
  return waiting === 0 ? name : `(${waiting}) ${name}`;
}
