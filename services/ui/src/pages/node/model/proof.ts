import type {
  CheckRebootProof,
  DrainProof,
  LeftPackage,
  Proofs,
  RebootProof,
  UncordonProof,
  UpgradeProof,
  VerifyProof,
} from '../../../../../../shared/domain/proof.ts';
import type { StepName } from '../../../../../../shared/domain/steps.ts';
import { duration } from '../../../../../../shared/domain/time/show.ts';

/** A name and what is known of it. */
export type Fact = readonly [name: string, value: string];

/** Many of a kind. */
export interface ProofTable {
  readonly title: string;
  readonly heading: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a step proved, for people. */
export interface ProofView {
  readonly facts: readonly Fact[];
  /** None of them empty. */
  readonly tables: readonly ProofTable[];
}

const NOTHING: ProofView = { facts: [], tables: [] };

const VIEWS: { readonly [S in StepName]: (proof: Partial<Proofs[S]>) => ProofView } = {
  drain,
  upgrade,
  'check-reboot': checkReboot,
  reboot,
  verify,
  uncordon,
};

/** The proof of a step in words. A proof of another form, or none, says nothing. */
export function proofView(step: StepName, proof: unknown): ProofView {
  if (typeof proof !== 'object' || proof === null || Array.isArray(proof)) return NOTHING;
  const view: (proof: object) => ProofView = VIEWS[step];
  return view(proof);
}

function drain(proof: Partial<DrainProof>): ProofView {
  const { evicted = [], deleted = [], skipped = [], failedUnitsBefore = [], os } = proof;
  return {
    facts: facts([
      ['Drained', yesNo(proof.drained)],
      ['Cordoned', cordonText(proof)],
      ['Took', proof.tookMs === undefined ? '' : duration(proof.tookMs)],
      ['Boot id', proof.bootId ?? ''],
      ['System', os ? `${os.id} ${os.versionId}` : ''],
      ['Failed units before', failedUnitsBefore.join(', ')],
    ]),
    tables: tables([
      {
        title: 'Evicted pods',
        heading: ['Pod', 'How'],
        rows: evicted.map(pod => [pod, deleted.includes(pod) ? 'deleted against its budget' : 'evicted']),
      },
      {
        title: 'Pods left where they are',
        heading: ['Pod', 'Why'],
        rows: skipped.map(each => [each.pod, each.reason]),
      },
    ]),
  };
}

function cordonText({ cordonedByUs, cordonedBefore }: Partial<DrainProof>): string {
  if (cordonedByUs === undefined) return '';
  if (cordonedByUs) return 'by us';
  return cordonedBefore === true ? 'by others before' : 'no';
}

function upgrade(proof: Partial<UpgradeProof>): ProofView {
  const { changes = [], left = [], baseline } = proof;
  return {
    facts: facts([
      ['Packages changed', proof.changesKnown === false ? 'cannot be told' : String(changes.length)],
      ['By', proof.manager ?? ''],
      ['Exit code', proof.exitCode === undefined || proof.exitCode === null ? '' : String(proof.exitCode)],
      ['Running kernel', proof.runningKernel ?? ''],
      ['Newest kernel', proof.newestKernel ?? ''],
      ['Next to boot', proof.expectedKernel ?? ''],
      ['Image for the next boot', proof.stagedImage?.name ?? ''],
    ]),
    tables: tables([
      {
        title: 'Packages',
        heading: ['Package', 'Before', 'After'],
        rows: changes.map(each => [each.name, each.before ?? 'new', each.after ?? 'removed']),
      },
      {
        title: 'Packages left as they are',
        heading: ['Package', 'Version', 'Available', 'Why'],
        rows: left.map(each => [each.name, each.before, each.available, LEFT[each.reason]]),
      },
      {
        title: 'Versions that no earlier stage proved',
        heading: ['Package', 'Version', 'Proved'],
        rows: (baseline?.unproven ?? []).map(each => [each.name, each.version, each.proven.join(', ') || 'none']),
      },
    ]),
  };
}

const LEFT: Readonly<Record<LeftPackage['reason'], string>> = {
  protected: 'protected',
  excluded: 'excluded by the policy',
  held: 'held on the host',
  'kept-back': 'kept back by the package manager',
  'not-proven': 'no earlier stage proved it',
};

function checkReboot(proof: Partial<CheckRebootProof>): ProofView {
  const { evidence = [], warnings = [], kernels } = proof;
  return {
    facts: facts([
      ['Reboot due', yesNo(proof.needed)],
      ['Would boot', kernels?.expected ?? ''],
      ['Found by', kernels?.by ?? ''],
      ['May not boot', kernels?.broken ?? ''],
      ['Note', warnings.join('; ')],
    ]),
    tables: tables([
      {
        title: 'Evidence',
        heading: ['Check', 'Due', 'Seen'],
        rows: evidence.map(each => [
          each.check,
          each.needed === null ? 'cannot tell' : yesNo(each.needed),
          [each.detail, ...(each.packages?.length ? [`asked for by ${each.packages.join(', ')}`] : [])].join('; '),
        ]),
      },
    ]),
  };
}

function reboot(proof: Partial<RebootProof>): ProofView {
  const { downtimeMs = null } = proof;
  return {
    facts: facts([
      ['Rebooted', proof.byOthers === true ? 'by somebody else' : yesNo(proof.rebooted)],
      ['Downtime', downtimeMs === null ? '' : duration(downtimeMs)],
      ['Boot id before', proof.bootIdBefore ?? ''],
      ['Boot id after', proof.bootIdAfter ?? ''],
    ]),
    tables: [],
  };
}

function verify({ checks = [], soakedMs }: Partial<VerifyProof>): ProofView {
  return {
    facts: facts([['All held for', soakedMs === undefined ? '' : duration(soakedMs)]]),
    tables: tables([
      { title: 'Checks', heading: ['Check', 'Seen'], rows: checks.map(each => [each.check, each.detail]) },
    ]),
  };
}

function uncordon({ uncordoned, finalState = '' }: Partial<UncordonProof>): ProofView {
  return {
    facts: facts([
      ['Uncordoned by us', yesNo(uncordoned)],
      ['Node', finalState],
    ]),
    tables: [],
  };
}

function yesNo(value: boolean | undefined): string {
  if (value === undefined) return '';
  return value ? 'yes' : 'no';
}

/** What is not known is not shown. */
function facts(all: readonly Fact[]): Fact[] {
  return all.filter(([, value]) => value !== '');
}

function tables(all: readonly ProofTable[]): ProofTable[] {
  return all.filter(({ rows }) => rows.length > 0);
}
