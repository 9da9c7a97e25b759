/** Numbered lines of random length, some with characters of two to four bytes; the last has no end. */
export function numberedLog(random: () => number, lines = 400): string {
  const words = ['Setting up', 'Größe', 'пакет', '升级', '🙂', '…', 'x'.repeat(60), 'Unpacking'];
  const line = (number: number): string => {
    const said = Array.from({ length: Math.floor(random() * 12) }, () => words[Math.floor(random() * words.length)]);
    return `${String(number).padStart(5, '0')} ${said.join(' ')}`;
  };
  return Array.from({ length: lines }, (_, index) => line(index + 1)).join('\n');
}
