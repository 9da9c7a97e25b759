import { FINDING_CODES, FINDINGS, type FindingCode } from '../../domain/preflight/codes.ts';
import { type Option, option, section } from '../option.ts';
import { oneOf } from '../values.ts';

const level = oneOf('ignore', 'warn', 'block');

type LevelOption = Option<typeof level, false> & { readonly default: 'ignore' | 'warn' | 'block' };

/** One key for each kind of finding. */
export const preflightTable = Object.fromEntries(
  FINDING_CODES.map(code => [code, option(level, FINDINGS[code].what, { default: FINDINGS[code].level })]),
) as Record<FindingCode, LevelOption>;

/** `policy.preflight`. */
export const preflightSchema = section(
  'Preflight',
  'What is done about what a preflight finds: block keeps a rollout from being started, warn only tells.',
  preflightTable,
);
