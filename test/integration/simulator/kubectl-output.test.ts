import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SimCluster } from '../../../services/simulator/api/types.ts';
import { type Kubectl, openKubectl, whyNoKubectl } from '../../helpers/kubectl.ts';
import { maskedLines, recordedCommand } from '../../helpers/recorded-output.ts';
import { startRecorded } from '../../helpers/recorded-world.ts';

const leftOut = whyNoKubectl();
if (leftOut !== undefined) console.log(`left out: ${leftOut}`);

describe.skipIf(leftOut !== undefined)('what kubectl prints', () => {
  let sim: SimCluster;
  let kubectl: Kubectl;
  beforeAll(async () => {
    sim = await startRecorded();
    kubectl = openKubectl(sim);
  });
  afterAll(async () => {
    kubectl.remove();
    await sim.close();
  });

  it.each([
    ['get-nodes', 'get nodes'],
    ['get-nodes', 'get nodes -o wide'],
    ['get-nodes', 'get node node2'],
    ['get-nodes', 'get nodes -l orch-seq in (1,2) --show-labels'],
    ['get-nodes', 'get nodes -L orch-seq --no-headers'],
    ['get-nodes', 'get nodes -o name'],
    ['get-nodes-o-json', 'get nodes -o custom-columns=NAME:.metadata.name,UNSCHED:.spec.unschedulable'],
    ['get-pods-all', 'get pods -A'],
    ['get-pods-all', 'get pods -A -o wide'],
    ['get-pods-all', 'get pods -n nosuchns'],
    ['get-pods-all', 'get pods'],
    ['get-pods-all', 'get pod nosuch -n shop'],
    ['get-pods-selectors', 'get pods -A --field-selector spec.nodeName=node2'],
    ['get-pods-selectors', 'get pods -A --field-selector spec.nodeName=node2,status.phase!=Succeeded -o name'],
    ['get-pods-selectors', 'get pods -n shop -l app=web'],
    ['get-pods-selectors', 'get pods -n shop -l app in (web,cache),!nosuch'],
    ['get-pods-selectors', 'get pods -n shop -l app=none'],
    ['get-pods-selectors', 'get pods -A --field-selector spec.nosuch=1'],
    ['get-pods-selectors', 'get nodes --field-selector metadata.name=node3'],
    ['get-pods-selectors', 'get nodes --field-selector spec.unschedulable=true'],
    ['get-pdb', 'get pdb -A'],
    ['get-pdb', 'get poddisruptionbudgets.v1.policy web-min -n shop'],
    ['get-workloads', 'get deploy -A'],
    ['get-workloads', 'get rs -A'],
    ['get-workloads', 'get sts -A'],
    ['get-workloads', 'get ds -A'],
    ['get-workloads', 'get jobs -A'],
    ['get-workloads', 'get ns -A'],
    ['get-workloads', 'get deploy,sts,ds -A'],
    ['get-workloads', 'get all -n shop'],
    ['list-paging', 'get nodes --chunk-size=2'],
    ['describe-node', 'describe node node2'],
    ['describe-pod', 'describe pdb web-min -n shop'],
    ['discovery', 'api-resources'],
    ['discovery', 'api-versions'],
    ['version', 'version'],
  ])('%s: kubectl %s', async (recording, line) => {
    const recorded = recordedCommand(recording, line);
    const seen = await kubectl.run(recorded.argv.slice(1));
    expect(seen.exitCode).toBe(recorded.exitCode);
    expect(maskedLines(seen.stderr)).toEqual(maskedLines(recorded.stderr));
    expect(maskedLines(seen.stdout).toSorted()).toEqual(maskedLines(recorded.stdout).toSorted());
  });

  it('describe-pod: but for the volume of the service account’s token, which no simulated pod has', async () => {
    const recorded = recordedCommand('describe-pod', 'describe pod naked -n shop');
    const token =
      /kube-api-access|^(TokenExpirationSeconds|ConfigMap\w+|DownwardAPI): |^Type: Projected|^(Mounts|Volumes):/;
    const lines = (output: string) => maskedLines(output).filter(line => !token.test(line));
    const seen = await kubectl.run(recorded.argv.slice(1));
    expect(lines(seen.stdout)).toEqual(lines(recorded.stdout));
  });

  it('health: each check on a line of its own, in the server’s words', async () => {
    const recorded = recordedCommand('health', 'get --raw /readyz?verbose');
    const seen = await kubectl.run(recorded.argv.slice(1));
    const form = (output: string) =>
      new Set(output.split('\n').map(line => line.replace(/\](?:ping|\S+) /, ']CHECK ')));
    expect(form(seen.stdout)).toEqual(form(recorded.stdout));
  });
});
