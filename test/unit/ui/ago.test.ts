import { expect, it } from 'vitest';
import { agoText } from '../../../services/ui/src/view/ago.ts';

it.each([
  [0, 'a moment ago'],
  // Noted by the server after the page's clock moved last.
  [-900, 'a moment ago'],
  [-30_000, 'in a moment'],
  [-200_000, 'in 3m'],
  [59_999, 'a moment ago'],
  [200_000, '3m ago'],
  [3 * 3_600_000, '3h00m ago'],
  [50 * 3_600_000, '2 days ago'],
])('%i ms are %s', (pastMs, text) => {
  expect(agoText(pastMs)).toBe(text);
});
