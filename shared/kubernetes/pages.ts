/** One page of a list as client-node gives it. */
interface Page<T> {
  readonly items: T[];
  readonly metadata?: { readonly _continue?: string; readonly resourceVersion?: string };
}

/** Objects per page, as kubectl. */
export const PAGE_SIZE = 500;

/** Follows `continue` to the end; the resourceVersion is the one a watch may start from. */
export async function allPages<T>(
  fetchPage: (token: string | undefined) => Promise<Page<T>>,
): Promise<{ items: T[]; resourceVersion: string }> {
  const items: T[] = [];
  let token: string | undefined;
  for (;;) {
    const page = await fetchPage(token);
    items.push(...page.items);
    token = page.metadata?._continue || undefined;
    if (token === undefined) return { items, resourceVersion: page.metadata?.resourceVersion ?? '' };
  }
}

/** The `continue` and `limit` parameters of a page. */
export function pageQuery(token: string | undefined): { limit: number; _continue?: string } {
  return token === undefined ? { limit: PAGE_SIZE } : { limit: PAGE_SIZE, _continue: token };
}
