import type { Paint, Tone } from './paint.ts';
import { fit, width } from './text.ts';

/** A piece of a line: text as it is, or with a tone. */
export type Piece = string | readonly [Tone, string];

/** Columns the left of a line keeps at least: where they are not there, the right is left out. */
const LEFT_MIN = 12;

/** Joins pieces into one line of at most `columns` columns; what does not fit is cut, `right` is kept and set flush right. */
export function line(pieces: readonly Piece[], columns: number, paint: Paint, right: readonly Piece[] = []): string {
  const rightColumns = right.reduce((sum, piece) => sum + width(textOf(piece)), 0);
  const withRight = rightColumns > 0 && columns - rightColumns > LEFT_MIN;
  const space = withRight ? columns - rightColumns - 1 : columns;
  let used = 0;
  let result = '';
  for (const piece of pieces) {
    const text = fit(textOf(piece), space - used);
    used += width(text);
    result += paint(toneOf(piece), text);
    if (text !== textOf(piece)) break;
  }
  if (!withRight) return result.trimEnd();
  const gap = ' '.repeat(columns - rightColumns - used);
  const end = right.map((piece, index) => {
    const text = textOf(piece);
    return paint(toneOf(piece), index === right.length - 1 ? text.trimEnd() : text);
  });
  return result + gap + end.join('');
}

function textOf(piece: Piece): string {
  return typeof piece === 'string' ? piece : piece[1];
}

function toneOf(piece: Piece): Tone {
  return typeof piece === 'string' ? 'plain' : piece[0];
}
