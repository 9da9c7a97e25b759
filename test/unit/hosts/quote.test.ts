import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote, quoteAll } from '../../../shared/hosts/quote.ts';

const withoutNul = fc.string({ unit: 'binary', maxLength: 40 }).map(text => text.replaceAll('\0', ''));
const nasty = fc.constantFrom(
  "'",
  '"',
  '$(id)',
  '`id`',
  '\\',
  '\n',
  '!',
  '*',
  '~',
  '-n',
  '--',
  ' ',
  '',
  'ä€😀',
  "'\\''",
  '#',
);
const word = fc.oneof(
  withoutNul,
  fc.array(nasty, { maxLength: 6 }).map(parts => parts.join('')),
);

describe('quote', () => {
  it('gives words through a real shell unchanged', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), words => {
        const clean = words.map(text => Buffer.from(text, 'utf8').toString('utf8'));
        const said = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${quoteAll(clean)}`], { encoding: 'utf8' });
        expect(said.split('\0').slice(0, -1)).toEqual(clean);
      }),
      { numRuns: 60 },
    );
  });

  it('gives words through two shells when quoted twice', () => {
    fc.assert(
      fc.property(word, text => {
        const clean = Buffer.from(text, 'utf8').toString('utf8');
        const said = execFileSync('/bin/sh', ['-c', `sh -c ${quote(`printf '%s.' ${quote(clean)}`)}`], {
          encoding: 'utf8',
        });
        expect(said).toBe(`${clean}.`);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses what no argument can hold', () => {
    expect(() => quote('a\0b')).toThrow(RangeError);
  });
});
