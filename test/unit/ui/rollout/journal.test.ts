import { expect, it } from 'vitest';
import { isBehind } from '../../../../services/ui/src/lib/event-ids.ts';

it.each([
  [null, '', false],
  [null, '5-0', true],
  ['5-0', '5-0', false],
  ['5-9', '5-10', true],
  ['5-10', '5-9', false],
  ['99-0', '100-0', true],
  ['100-0', '99-7', false],
])('known %s, told of %s: behind %s', (known, wanted, expected) => {
  expect(isBehind(known, wanted)).toBe(expected);
});
