import { fileURLToPath } from 'node:url';

/** Where the build puts the web page, also when this program runs from its sources. */
export function builtPage(from: string = import.meta.url): string {
  const isBuilt = from.includes('/dist/services/');
  return fileURLToPath(new URL(isBuilt ? '../../ui/' : '../../../dist/services/ui/', from));
}
