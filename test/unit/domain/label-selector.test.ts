import { describe, expect, it } from 'vitest';
import { matchesLabels, parseLabelSelector } from '../../../shared/domain/label-selector.ts';

const LABELS = { app: 'web', tier: 'a', 'example.com/pool': 'x', empty: '' };

describe('a label selector', () => {
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app = web', true],
    ['app=db', false],
    ['app!=db', true],
    ['app!=web', false],
    ['missing!=x', true],
    ['app', true],
    ['missing', false],
    ['!missing', true],
    ['! app', false],
    ['app in (web, db)', true],
    ['app in (db)', false],
    ['missing in (db)', false],
    ['app notin (db)', true],
    ['app notin (web,db)', false],
    ['missing notin (x)', true],
    ['empty=', true],
    ['example.com/pool in (x,y),app=web,!gone', true],
    ['app=web,tier=b', false],
    ['constructor', false],
  ])('%s gives %s', (text, expected) => {
    expect(matchesLabels(parseLabelSelector(text), LABELS)).toBe(expected);
  });

  it.each([
    ['app=web,', 'a condition is missing beside a comma'],
    ['=web', '"=web" in "=web" is no label key'],
    ['a b', '"a b" in "a b" is no label key'],
    ['app=we b', '"app=we b" in "app=we b" is no label key'],
    ['app in (we b)', '"we b" in "app in (we b)" is no label value'],
    ['app in web', '"app in web" in "app in web" is no label key'],
    ['-app', '"-app" in "-app" is no label key'],
    ['app=-web', '"-web" in "app=-web" is no label value'],
  ])('%s is refused', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(message);
  });
});
