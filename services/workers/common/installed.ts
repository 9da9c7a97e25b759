import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { PackageManager } from '../../../shared/ports/packages.ts';
import type { HostAsk } from './due.ts';

/** All installed packages with versions; null: cannot be told. Throws StepError `host-script-failed`. */
export async function installedOn(
  { host, signal }: Pick<HostAsk, 'host' | 'signal'>,
  manager: PackageManager,
): Promise<Map<string, string> | null> {
  const script = manager.installedScript();
  if (!script) return null;
  const { exitCode, stdout, stderr } = await host.run(script, signal);
  if (exitCode === 0) {
    const installed = manager.parseInstalled(stdout);
    // A command of one's own may serve a host with another package database than those that can be asked.
    return installed.size > 0 ? installed : null;
  }
  const seen = `exit code ${exitCode}: ${stderr.trim()}`;
  throw fail('host-script-failed', { message: 'the installed packages could not be listed', seen });
}
