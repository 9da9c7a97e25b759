import { failureOf } from '../../../../shared/domain/failure.ts';
import { judgeAnswer, type Verdict } from '../../../../shared/domain/http-answer.ts';
import { fillPlaceholders, type Placeholders } from '../../../../shared/domain/placeholders.ts';
import { probeUrl } from '../../../../shared/domain/probe-url.ts';
import type { CommandCheck, ConditionCheck, HttpCheck, UserCheck } from '../../../../shared/domain/user-check.ts';
import type { StepContext } from '../../../../shared/ports/step.ts';
import { controlEnv } from '../../common/control-env.ts';
import { deadlineOf } from '../../common/deadline.ts';
import type { Check } from './checks.ts';
import { judgeObjects } from './condition-check.ts';

type Context = StepContext<unknown>;

/** However late it is, a try gets this much. */
const LEAST_TRY_MS = 500;

/**
 * Looks at all checks of the user's own at once; the results are in the order of the list. A check holds when one of its
 * tries does. Throws what no waiting mends, such as a missing right or secret.
 */
export function userChecks(context: Context): Promise<Check[]> {
  return Promise.all(context.policy.verify.checks.map(check => judge(context, check)));
}

async function judge(context: Context, check: UserCheck): Promise<Check> {
  const { clock, signal } = context;
  let verdict = await tryOnce(context, check);
  let tries = 1;
  while (!verdict.ok && tries <= check.retries && clock.now() + check.retryDelayMs < deadlineOf(context, 'verify')) {
    await clock.sleep(check.retryDelayMs, signal);
    verdict = await tryOnce(context, check);
    tries += 1;
  }
  const times = !verdict.ok && tries > 1 ? ` (${tries} tries)` : '';
  return { check: `check ${check.name}`, ok: verdict.ok, detail: `${verdict.detail}${times}` };
}

/** A try that takes too long is cut off: what it does must end with its signal. */
async function tryOnce(context: Context, check: UserCheck): Promise<Verdict> {
  const { clock, signal } = context;
  const limitMs = Math.max(LEAST_TRY_MS, Math.min(check.timeoutMs, deadlineOf(context, 'verify') - clock.now()));
  const late = new AbortController();
  const done = new AbortController();
  clock.sleep(limitMs, done.signal).then(
    () => late.abort(new Error('late')),
    () => {},
  );
  try {
    return await ask({ ...context, signal: AbortSignal.any([signal, late.signal]) }, check, limitMs);
  } catch (error) {
    signal.throwIfAborted();
    if (late.signal.aborted) return { ok: false, detail: `no answer within ${limitMs / 1000} s` };
    const failure = failureOf(error);
    // `unexpected` is retryable, and is no word about the node.
    if (!failure.retryable || failure.code === 'unexpected') throw error;
    return { ok: false, detail: failure.message };
  } finally {
    done.abort();
  }
}

function ask(context: Context, check: UserCheck, limitMs: number): Promise<Verdict> {
  switch (check.kind) {
    case 'command':
      return askCommand(context, check, limitMs);
    case 'http':
      return askHttp(context, check);
    case 'condition':
      return askCondition(context, check);
  }
}

async function askCommand(context: Context, check: CommandCheck, timeoutMs: number): Promise<Verdict> {
  const { host, control, signal } = context;
  if (check.on === 'control') {
    const env = controlEnv(context, 'verify');
    const { exitCode, output } = await control.run({ text: check.command, env, timeoutMs }, signal);
    return judgeExit(exitCode, output);
  }
  const { exitCode, stdout, stderr } = await host.run({ text: check.command, args: [] }, signal);
  return judgeExit(exitCode, `${stdout}${stderr}`);
}

function judgeExit(exitCode: number, output: string): Verdict {
  const said = output.trim().slice(-300);
  const detail = `exit code ${exitCode}`;
  return exitCode === 0 ? { ok: true, detail } : { ok: false, detail: said === '' ? detail : `${detail}: ${said}` };
}

async function askHttp(context: Context, check: HttpCheck): Promise<Verdict> {
  const values = valuesOf(context);
  const { method, headers, redirects, tls } = check;
  const url = probeUrl(check.url, values);
  const named = { ...tls, serverName: fillPlaceholders(tls.serverName, values) };
  return judgeAnswer(check, await context.probes.http({ url, method, headers, redirects, tls: named }, context.signal));
}

async function askCondition(context: Context, check: ConditionCheck): Promise<Verdict> {
  const { cluster, signal } = context;
  if (!cluster) return { ok: true, detail: 'not looked at: the host is in no Kubernetes' };
  const values = valuesOf(context);
  const { namespace, name, fieldSelector } = check.objects;
  const objects = {
    ...check.objects,
    namespace: fillPlaceholders(namespace, values),
    name: fillPlaceholders(name, values),
    fieldSelector: fillPlaceholders(fieldSelector, values),
  };
  return judgeObjects(check, await cluster.readObjects(objects, signal));
}

function valuesOf({ node }: Context): Placeholders {
  return { node: node.name, address: node.host.address };
}
