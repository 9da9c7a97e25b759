import { fail } from '../../domain/failures/catalogue.ts';
import type { CephGateSettings } from '../../domain/gate/ceph.ts';
import { clip } from '../../domain/text.ts';
import type { GateSources } from '../gate.ts';

/** The tree of ten thousand OSDs fits. */
const MOST_CHARS = 16 * 1024 * 1024;
const MOST_SAID = 300;

/** Fixed words: nothing in them needs quotes. */
type CephQuestion = 'status' | 'osd tree' | 'osd dump';
type CephOrder = 'osd set noout' | 'osd unset noout';
type Sources = Pick<GateSources, 'control' | 'signal'>;

/** Tells Ceph something. Throws StepError: as control does, or `gate-answer` when the command fails. */
export async function orderCeph(settings: CephGateSettings, order: CephOrder, from: Sources): Promise<void> {
  await run(settings, order, from);
}

/** The JSON Ceph answers. Throws StepError: as control does, or `gate-answer` when the command fails or gives no JSON. */
export async function askCeph(settings: CephGateSettings, question: CephQuestion, from: Sources): Promise<unknown> {
  const output = await run(settings, `${question} --format json`, from);
  // It is on one line; tools on the way (kubectl's "Defaulted container …") say things on others.
  const lines = output.split('\n').filter(line => line.startsWith('{'));
  try {
    if (lines.length === 1) return JSON.parse(lines[0] ?? '') as unknown;
  } catch {
    // Told below, as any other text.
  }
  throw fail('gate-answer', {
    message: `ceph ${question} gives no line of JSON: ${clip(output.slice(0, 1_000), MOST_SAID)}`,
  });
}

async function run(
  { command, timeoutMs }: CephGateSettings,
  words: string,
  { control, signal }: Sources,
): Promise<string> {
  const text = `${command} ${words}`;
  const asked = { text, env: {}, timeoutMs, mostOutputChars: MOST_CHARS };
  const { exitCode, output } = await control.run(asked, signal);
  if (exitCode === 0) return output;
  const said = clip(output.slice(-1_000), MOST_SAID);
  throw fail('gate-answer', { message: `ceph ${words}: exit code ${exitCode}${said === '' ? '' : `: ${said}`}` });
}
