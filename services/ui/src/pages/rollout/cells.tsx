import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { isTouched } from '../../lib/group.ts';
import { keepFocus, keepStop, moveFocus } from '../../lib/roving.ts';
import { Cell } from './cell.tsx';
import { Dot } from './dot.tsx';
import { isOpen, matches } from './model/filter.ts';
import { hidePointed, showPointed } from './pointed.tsx';
import type { RolloutView } from './view.ts';

/** A wave of more nodes shows them as dots, and only those that matter now as cells. */
const MOST_CELLS = 48;
/** Most cells of a wave while something is filtered; more are counted. */
const MOST_FOUND = 300;

interface CellsProps {
  readonly view: RolloutView;
  readonly keys: readonly string[];
  /** Whose nodes, for those who do not see it. */
  readonly label: string;
}

/** The nodes of a wave. */
export function Cells({ view, keys, label }: CellsProps) {
  if (!isOpen(view.filter.value)) return <Found view={view} keys={keys} label={label} />;
  if (keys.length <= MOST_CELLS) return <Group view={view} keys={keys} label={label} as="cells" />;
  return (
    <>
      <Touched view={view} keys={keys} label={label} />
      <Group view={view} keys={keys} label={label} as="dots" />
    </>
  );
}

function useKeys(view: RolloutView, keys: readonly string[], pick: Parameters<typeof picked>[2]): readonly string[] {
  void view.picture.revision.value;
  const found = picked(view, keys, pick);
  const text = found.join(' ');
  // Names of nodes hold no spaces: the same ones are the same array.
  return useMemo(() => found, [text]);
}

type Pick = (cell: Parameters<typeof matches>[0]) => boolean;

function picked({ picture }: RolloutView, keys: readonly string[], pick: Pick): string[] {
  return keys.filter(key => {
    const cell = picture.cell(key)?.peek();
    return cell !== undefined && pick(cell);
  });
}

function Touched({ view, keys, label }: CellsProps) {
  const touched = useKeys(view, keys, isTouched);
  if (touched.length === 0) return null;
  return <Group view={view} keys={touched} label={`${label}, away, failed or held`} as="cells" />;
}

function Found({ view, keys, label }: CellsProps) {
  const filter = view.filter.value;
  const found = useKeys(view, keys, cell => matches(cell, filter));
  const rest = found.length - MOST_FOUND;
  return (
    <>
      <Group view={view} keys={rest > 0 ? found.slice(0, MOST_FOUND) : found} label={label} as="cells" />
      {rest > 0 && <p class="quiet">… {rest} more</p>}
    </>
  );
}

/** Its members are made anew only when there are others: each looks after itself. */
function Group({ view, keys, label, as }: CellsProps & { readonly as: 'cells' | 'dots' }) {
  const ref = useRef<HTMLDivElement>(null);
  const members = useMemo(() => {
    const One = as === 'cells' ? Cell : Dot;
    return keys.map((key, index) => {
      const of = view.picture.cell(key);
      return of && <One key={key} rollout={view.id} of={of} usual={view.usual} isFirst={index === 0} />;
    });
  }, [view, keys, as]);
  useLayoutEffect(() => {
    if (ref.current) keepStop(ref.current);
  }, [members]);
  const pointing = as === 'dots' ? { onMouseOver: showPointed, onMouseLeave: hidePointed } : {};
  return (
    <div
      class={as}
      ref={ref}
      role="group"
      aria-label={`${label}; arrow keys move`}
      onKeyDown={moveFocus}
      onFocusIn={event => {
        keepFocus(event);
        if (as === 'dots') showPointed(event);
      }}
      onFocusOut={hidePointed}
      {...pointing}
    >
      {members}
    </div>
  );
}
