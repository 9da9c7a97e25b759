/** A condition on one label of an alert, as in PromQL: a label that is missing is empty. */
export interface LabelMatcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** Selects the alerts whose labels meet every condition. */
export type AlertSelector = readonly LabelMatcher[];

const MATCHER = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\\n]|\\[\\"n])*)"\s*(,|$)/;

/**
 * Parses a regular expression for the whole name of an alert (`Kube.*`), or conditions in braces
 * (`{severity="critical", alertname!~"Ceph.*"}`). Throws Error saying what is wrong.
 */
export function parseAlertSelector(text: string): AlertSelector {
  const trimmed = text.trim();
  if (trimmed === '') throw new Error('it is empty');
  if (!trimmed.startsWith('{')) return [checked({ label: 'alertname', operator: '=~', value: trimmed })];
  if (!trimmed.endsWith('}')) throw new Error('the closing brace is missing');
  const matchers: LabelMatcher[] = [];
  let rest = trimmed.slice(1, -1).trim();
  while (rest !== '') {
    const [whole, label, operator, value] = MATCHER.exec(rest) ?? [];
    if (whole === undefined || label === undefined)
      throw new Error(`no condition such as severity="critical": ${rest}`);
    matchers.push(checked({ label, operator: operator as LabelMatcher['operator'], value: unescape(value ?? '') }));
    rest = rest.slice(whole.length).trim();
  }
  if (matchers.length === 0) throw new Error('there is no condition in the braces');
  return matchers;
}

/** Whether an alert with these labels is one of them. */
export function selectsAlert(selector: AlertSelector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every(({ label, operator, value }) => {
    const found = Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
    if (operator === '=') return found === value;
    if (operator === '!=') return found !== value;
    return wholly(value).test(found) === (operator === '=~');
  });
}

function checked(matcher: LabelMatcher): LabelMatcher {
  if (matcher.operator === '=~' || matcher.operator === '!~') wholly(matcher.value);
  return matcher;
}

/** Prometheus anchors its expressions at both ends, and lets `.` be any character. */
function wholly(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'su');
}

function unescape(text: string): string {
  return text.replaceAll(/\\([\\"n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}
