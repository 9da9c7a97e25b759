/**
 * Breaks lines at spaces so that they take at most `columns` characters, the rest of a line set in deeper than its
 * beginning. A command (a line that begins with `$` behind its indentation) and a word that is too long stay whole:
 * they must be fit to be copied.
 */
export function foldLines(lines: readonly string[], columns: number): string[] {
  return lines.flatMap(each => foldLine(each, columns));
}

function foldLine(text: string, columns: number): string[] {
  const indent = /^ */.exec(text)?.[0] ?? '';
  const words = text.slice(indent.length).split(' ');
  if (text.length <= columns || words[0] === '$') return [text];
  const result: string[] = [];
  let line = '';
  for (const word of words) {
    const before = result.length === 0 ? indent : `${indent}    `;
    if (line === '') line = before + word;
    else if (line.length + 1 + word.length <= columns) line += ` ${word}`;
    else {
      result.push(line);
      line = `${indent}    ${word}`;
    }
  }
  return [...result, line];
}
