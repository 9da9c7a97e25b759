import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

/** `text` on one line, without anything a terminal would act on. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

/** `text` without a final line end and without anything a terminal would act on but tabs and line ends. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text.replace(/\r?\n$/, '')).replace(/(?![\t\n])\p{Cc}/gu, '');
}

/** Columns `text` takes on a terminal. */
export function width(text: string): number {
  return stringWidth(text);
}

/** `text`, cut to at most `columns` columns; a cut is shown by `…`. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (width(text) <= columns) return text;
  let result = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const wide = width(segment);
    if (used + wide > columns - 1) break;
    result += segment;
    used += wide;
  }
  return `${result}…`;
}

/** `text` cut or filled up with spaces to exactly `columns` columns. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const cut = fit(text, columns);
  const space = ' '.repeat(Math.max(0, columns - width(cut)));
  return align === 'left' ? cut + space : space + cut;
}

/** `text` broken at spaces into lines of at most `columns`; longer words are cut. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? fit(word, columns) : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}
