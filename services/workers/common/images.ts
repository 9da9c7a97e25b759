import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { HostFacts } from '../../../shared/ports/host.ts';
import type { Images } from '../../../shared/ports/packages.ts';
import { chooseManager } from './choose-manager.ts';
import type { HostAsk } from './due.ts';
import { runCheck } from './reboot-checks/ask.ts';

/**
 * The image that runs and the one the next boot starts; null: packages are changed in place on this host. Throws
 * StepError `check-reboot-failed` when the host cannot say, or not in time.
 */
export async function imagesOf(ask: HostAsk, facts: HostFacts): Promise<Images | null> {
  const manager = chooseManager(ask.policy.upgrade, ask.managers, facts) ?? ask.managers.find(one => one.fits(facts));
  const script = manager?.imageScript?.();
  if (!manager || !script) return null;
  const { exitCode, stdout, stderr } = await runCheck(ask, 'which image runs', script);
  const images = exitCode === 0 ? (manager.parseImages?.(stdout) ?? null) : null;
  if (images) return images;
  const seen = `exit code ${exitCode}: ${`${stdout}\n${stderr}`.trim().slice(0, 500)}`;
  throw fail('check-reboot-failed', { message: `${manager.kind} does not say which image runs`, seen });
}
