import { FAILURES, type FailureCode } from '../shared/domain/failures/catalogue.ts';

const INTRODUCTION = `# Failures

A step that fails says which of these codes it ended with. **Retried** says whether the engine tries again by itself
(as often as the step's limits allow); a failure that is not retried waits for a person at once.

This page is made from the catalogue in \`shared/domain/failures/\` by \`npm run docs\`.
`;

/** docs/failures.md: every code of the catalogue, in alphabetical order. */
export function failuresPage(): string {
  const codes = Object.keys(FAILURES).sort() as FailureCode[];
  const rows = codes.map(code => {
    const { retryable, todo } = FAILURES[code];
    return `| \`${code}\` | ${retryable ? 'yes' : 'no'} | ${todo.replaceAll('|', '\\|').replaceAll('\n', ' ')} |`;
  });
  return [INTRODUCTION, '| code | retried | what to do |', '|---|---|---|', ...rows, ''].join('\n');
}
