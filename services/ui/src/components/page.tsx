import type { ComponentChildren } from 'preact';
import { useTitle } from '../lib/title.ts';

interface PageProps {
  readonly title: string;
  /** Beside the heading. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A page under its heading, by which it is also known in the browser's title. */
export function Page({ title, aside, children }: PageProps) {
  useTitle(title);
  return (
    <>
      <div class="page-head">
        <h1>{title}</h1>
        {aside}
      </div>
      {children}
    </>
  );
}
