import type { NodeView } from '../../../shared/domain/facts.ts';
import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { HostFacts } from '../../../shared/ports/host.ts';

/** StepError `wrong-machine` unless host and Node run under the same boot id: only one machine can have it. */
export function proveSameMachine(host: HostFacts, node: NodeView): void {
  if (host.bootId !== '' && host.bootId === node.bootId) return;
  throw fail('wrong-machine', {
    message: `the host at the address of ${node.name} is not the machine behind that Node`,
    seen: `boot id ${host.bootId || 'unknown'} (${host.hostname}), the Node reports ${node.bootId || 'none'}`,
    leftAs: 'untouched',
  });
}
