import { type Never, neverAllows } from '../budgets.ts';
import type { PdbView, PodView } from '../facts.ts';
import { clip } from '../text.ts';
import type { Block, CauseKind, Unhealthy } from './block.ts';
import { MOST_SHORT, MOST_TEXT } from './block.ts';
import { numbersText } from './numbers.ts';
import { troubleOf } from './trouble.ts';

/** What the API said of the eviction; `accepted`: it stops, or should. */
export interface EvictionSeen {
  readonly kind: 'refused' | 'impossible' | 'namespace-terminating' | 'accepted';
  readonly message: string;
  /** Names of the budgets that refused. */
  readonly budgets: readonly string[];
}

/** What a cause is found from. */
export interface CauseFacts {
  readonly pod: PodView;
  readonly answer: EvictionSeen;
  /** The budgets that refused, or that match; null: they could not be read. */
  readonly budgets: readonly PdbView[] | null;
  /** The pods the budgets select, the pod among them; null: they could not be read. */
  readonly matched: readonly PodView[] | null;
  readonly unhealthy: readonly Unhealthy[];
  readonly nowMs: number;
}

type Cause = Block['cause'];

/** Why the eviction does not go through. */
export function causeOf(facts: CauseFacts): Cause {
  const { pod, answer } = facts;
  if (pod.deletionMs !== null) return ofTerminating(facts);
  if (answer.kind === 'namespace-terminating') {
    return cause('namespace-terminating', `namespace ${pod.namespace} is being deleted, and the pod not yet`);
  }
  if (answer.kind === 'accepted') return cause('stopping', 'evicted, not seen gone yet');
  if (answer.kind === 'impossible') return ofImpossible(facts);
  if (answer.budgets.length === 0) {
    const busy = `the API server turns requests away without naming a budget`;
    return cause('server-busy', `${busy}: ${answer.message}`, busy);
  }
  return ofBudgets(facts);
}

function ofTerminating({ pod, nowMs }: CauseFacts): Cause {
  const { kind, text, short } = troubleOf(pod, null, nowMs);
  return cause(kind === 'stuck' ? 'stuck' : 'stopping', text, short);
}

function ofImpossible({ answer, budgets }: CauseFacts): Cause {
  const { message } = answer;
  if (/more than one PodDisruptionBudget/i.test(message)) {
    const names = (budgets ?? []).map(budget => budget.name);
    const which =
      names.length > 1 ? `${names.length} budgets match it (${names.join(', ')})` : 'several budgets match it';
    return cause('several-budgets', `${which}, and an eviction takes only one`);
  }
  if (/admission webhook/i.test(message)) return cause('webhook', message);
  if (/ is forbidden: User /.test(message)) return cause('forbidden', message);
  return cause('refused', message);
}

function ofBudgets(facts: CauseFacts): Cause {
  const { answer, budgets } = facts;
  const names = answer.budgets.join(', ');
  if (budgets === null)
    return cause('not-known', `refused by budget ${names}: ${answer.message}`, `refused by budget ${names}`);
  const [budget] = budgets;
  if (!budget) return cause('budget-gone', `budget ${names} refused it, and is gone now`);
  const never = neverAllows(budget, facts.matched ?? []);
  if (never) return ofNever(budget, never);
  const { name } = budget;
  if (!budget.observed)
    return cause('budget-not-observed', `budget ${name} was changed, and its numbers are not computed anew yet`);
  if (budget.disruptionsAllowed > 0) {
    return cause(
      'budget-free',
      `budget ${name} refused it, and allows one again: ${numbersText(budget)}`,
      `budget ${name} allows it again`,
    );
  }
  return ofNumbers(facts, budget);
}

function ofNever(budget: PdbView, { kind, reason }: Never): Cause {
  const single = kind === 'min-available-all' && budget.expectedPods === 1;
  const text = `budget ${budget.name} never allows a disruption: ${reason}`;
  return cause(single ? 'single-replica' : 'budget-never', text);
}

/** The budget could allow it, and does not now. */
function ofNumbers({ pod, matched, unhealthy, nowMs }: CauseFacts, budget: PdbView): Cause {
  const refusal = `budget ${budget.name} allows no disruption: ${numbersText(budget)}`;
  if (!pod.ready && budget.unhealthyPods !== 'AlwaysAllow') {
    const { text, short } = troubleOf(pod, null, nowMs);
    return cause(
      'pod-unhealthy',
      `${text}; ${refusal}, and it protects unhealthy pods`,
      `itself not well (${short}), and budget ${budget.name} protects unhealthy pods`,
    );
  }
  const [worst, ...others] = unhealthy;
  if (worst) {
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    return cause('siblings-unhealthy', refusal, `${refusal}, ${worst.pod} ${worst.short}${more}`);
  }
  const missing = budget.expectedPods - (matched?.length ?? budget.expectedPods);
  if (missing > 0)
    return cause(
      'pods-missing',
      `${refusal}; ${missing} of the pods it counts ${missing === 1 ? 'does' : 'do'} not exist`,
    );
  if (matched === null) return cause('not-known', refusal);
  return cause('settling', `${refusal}; its pods look well: an eviction or the count is under way`);
}

function cause(kind: CauseKind, text: string, short: string = text): Cause {
  return { kind, text: clip(text, MOST_TEXT), short: clip(short, MOST_SHORT) };
}
