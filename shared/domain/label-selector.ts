/** One condition of a label selector. `in` also stands for `=`, `not-in` for `!=`. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'not-in' | 'exists' | 'not-exists';
  readonly values: readonly string[];
}

const KEY = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const SET = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/;
const EQUALITY = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/;

/**
 * Parses a Kubernetes label selector (`a=b,c!=d,e in (x,y),f notin (z),g,!h`); an empty text selects everything.
 * @throws Error that names the part that is wrong
 */
export function parseLabelSelector(text: string): Requirement[] {
  if (text.trim() === '') return [];
  return splitTop(text).map(part => requirement(part.trim()));
}

/** Whether labels meet all requirements. As in Kubernetes, `!=` and `notin` also hold when the key is missing. */
export function matchesLabels(requirements: readonly Requirement[], labels: Readonly<Record<string, string>>): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (operator === 'exists') return value !== undefined;
    if (operator === 'not-exists') return value === undefined;
    const listed = value !== undefined && values.includes(value);
    return operator === 'in' ? listed : !listed;
  });
}

/** Requirements as `kubectl -l` takes them; empty: everything. */
export function labelSelectorText(requirements: readonly Requirement[]): string {
  return requirements.map(requirementText).join(',');
}

function requirementText({ key, operator, values }: Requirement): string {
  if (operator === 'exists') return key;
  if (operator === 'not-exists') return `!${key}`;
  if (values.length === 1) return `${key}${operator === 'in' ? '=' : '!='}${values[0]}`;
  return `${key} ${operator === 'in' ? 'in' : 'notin'} (${values.join(',')})`;
}

/** Splits at the commas that are outside of parentheses. */
function splitTop(text: string): string[] {
  return text.split(/,(?![^()]*\))/);
}

function requirement(part: string): Requirement {
  if (part === '') throw new Error('a condition is missing beside a comma');
  const set = SET.exec(part);
  if (set) {
    const values = (set[3] ?? '').split(',').map(value => value.trim());
    return checked(part, { key: set[1] ?? '', operator: set[2] === 'in' ? 'in' : 'not-in', values });
  }
  const equality = EQUALITY.exec(part);
  if (equality) {
    const operator = equality[2] === '!=' ? 'not-in' : 'in';
    return checked(part, { key: equality[1] ?? '', operator, values: [equality[3] ?? ''] });
  }
  if (part.startsWith('!')) return checked(part, { key: part.slice(1).trim(), operator: 'not-exists', values: [] });
  return checked(part, { key: part, operator: 'exists', values: [] });
}

function checked(part: string, found: Requirement): Requirement {
  if (!KEY.test(found.key)) throw new Error(`"${found.key}" in "${part}" is no label key`);
  const wrong = found.values.find(value => !VALUE.test(value));
  if (wrong !== undefined) throw new Error(`"${wrong}" in "${part}" is no label value`);
  return found;
}
