import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import { cleanAll, cleanText, cutMiddle, OutputCleaner } from '../../../shared/domain/output.ts';
import { flat } from '../../../shared/domain/text.ts';

const WIDE = { lineChars: 10_000, totalChars: 1_000_000, tailChars: 1_000 };

describe('text from outside', () => {
  it.each([
    ['plain\ttext\n', 'plain\ttext\n'],
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u009b31mred', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001b]52;c;never ends\nnext', '\nnext'],
    ['\u001b(Bcharset \u001b7saved\u001bc', 'charset saved'],
    ['\u001b', ''],
    ['bell\u0007 nul\u0000 del\u007f c1\u0085', 'bell nul del c1'],
    ['\u202egnp.exe\u2066', 'gnp.exe'],
    ['5%\r10%\r100%', '100%'],
    ['done\r\nnext\r\n', 'done\nnext\n'],
    ['100%\r\u001b[K\n', '100%\n'],
    ['N\bNA\bA', 'NA'],
    ['half \ud83d and \ude42 and 🙂', 'half \ufffd and \ufffd and 🙂'],
    ['äöü — “…” 漢字 ✓', 'äöü — “…” 漢字 ✓'],
  ])('%j reads %j', (raw, clean) => {
    expect(cleanText(raw)).toBe(clean);
  });

  it('holds nothing that acts on a terminal, whatever was in it, and cleaning twice changes nothing', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\u001b[2J',
        '\u001b]0;x\u0007',
        '\u009b1m',
        '\r',
        '\b',
        '\u001b',
        '\u202e',
        '\ud800',
        '\n',
        '\t',
      ),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), pieces => {
        const clean = cleanText(pieces.join(''));
        expect(clean).not.toMatch(/[^\P{Cc}\t\n]|[\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u);
        expect(cleanText(clean)).toBe(clean);
      }),
      { numRuns: 400 },
    );
  });

  it('is cut in the middle, and says how much', () => {
    const cut = cutMiddle(`begin${'x'.repeat(10_000)}end`, 100);
    expect(cut).toMatch(/^beginx+\n\[… 9908 characters cut\]\nx+end$/);
    expect(cutMiddle('short', 100)).toBe('short');
  });
});

describe('output as it comes', () => {
  const whole = (cleaner: OutputCleaner, pieces: readonly string[]) =>
    pieces.map(piece => cleaner.push(piece)).join('') + cleaner.end();

  it('is the same however it is cut into pieces', () => {
    const text = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom('\u001b[31m', '\u001b]0;t\u0007', '\r', '\n', '\r\n', '50%\r60%', '🙂', '\b'),
      ),
      { maxLength: 30 },
    );
    const cuts = fc.array(fc.nat(200), { maxLength: 10 });
    fc.assert(
      fc.property(text, cuts, (parts, at) => {
        const raw = parts.join('');
        const ends = [...new Set([0, ...at.map(end => Math.min(end, raw.length)), raw.length])].sort((a, b) => a - b);
        const pieces = ends.slice(1).map((end, index) => raw.slice(ends[index], end));
        expect(whole(new OutputCleaner(WIDE), pieces)).toBe(cleanText(raw));
      }),
      { numRuns: 400 },
    );
  });

  it('gives whole lines, what has begun when asked, and not its end again', () => {
    const cleaner = new OutputCleaner(WIDE);
    expect(cleaner.push('one\ntw')).toBe('one\n');
    expect([cleaner.push('o\nContinue? [y/N] '), cleaner.unended]).toEqual(['two\n', true]);
    expect([cleaner.rest(), cleaner.unended, cleaner.rest()]).toEqual(['Continue? [y/N] ', false, '']);
    expect(cleaner.push('\n\nthree\n')).toBe('\nthree\n');
  });

  it('cuts a line that is too long, and says so; memory stays small', () => {
    const cleaner = new OutputCleaner({ ...WIDE, lineChars: 10 });
    const said = whole(cleaner, [...Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)), '\nnext\n']);
    expect(said).toBe('xxxxxxxxxx [… 999990 characters cut]\nnext\n');
    expect(whole(new OutputCleaner({ ...WIDE, lineChars: 10 }), [`${'y'.repeat(99)}\rshort\n`])).toBe('short\n');
  });

  it('of too much leaves out all but the beginning and the end, and says so', () => {
    const cleaner = new OutputCleaner({ lineChars: 100, totalChars: 40, tailChars: 10 });
    const lines = Array.from({ length: 100 }, (_, number) => `line ${number}\n`);
    const said = whole(cleaner, lines);
    expect(said).toMatch(
      /^(line \d\n){5}\[more than 40 characters: the rest is left out here, but for its end\]\n\[… \d+ characters cut\]\n8\nline 99\n$/,
    );
  });
});

describe('what ends in failures', () => {
  it('is clean, on one line where it has to be, and of limited length', () => {
    const { failure } = fail('host-script-failed', {
      message: '10.0.0.1:22 \u001b[31mdid\u001b[0m\nnot',
      seen: `\u001b]0;x\u0007first\n${'y\u0000'.repeat(100_000)}last`,
      account: ['\u001b[1mone'],
    });
    expect(failure.message).toBe('10.0.0.1:22 did not');
    expect(failure.seen).toMatch(/^first\ny+\n\[… \d+ characters cut\]\ny+last$/);
    expect(failure.seen?.length).toBeLessThan(8_100);
    expect(failure.account).toEqual(['one']);
    expect(failureOf(new Error('\u001b[2Jx\ny')).message).toBe('x y');
  });

  it('values are cleaned to their depths', () => {
    expect(cleanAll({ a: ['\u001b[1mx', 1, null, { b: 'y\u0007', c: undefined }], d: true })).toEqual({
      a: ['x', 1, null, { b: 'y', c: undefined }],
      d: true,
    });
    expect(flat('\u001b[31mred\nline\u001b[0m')).toBe('red line');
  });
});
