import { useMemo, useState } from 'preact/hooks';
import type { NodeDue } from '../../../../../shared/domain/survey/survey.ts';
import type { ClusterOverview } from '../../../../../shared/domain/view/overview.ts';
import { now } from '../../lib/clock.ts';
import { byNumber, hostsByNeed, matching } from '../../view/hosts.ts';
import { days } from '../../view/words.ts';
import { type Column, Table } from '../table.tsx';
import { Instant } from '../time.tsx';

interface HostsProps {
  readonly hosts: readonly NodeDue[];
  /** undefined: it is in no overview. */
  readonly cluster: ClusterOverview | undefined;
}

/** What is due on each host of a cluster. */
export function Hosts({ hosts, cluster }: HostsProps) {
  const [text, setText] = useState('');
  const columns = useMemo(() => columnsOf(cluster), [cluster?.name]);
  const shown = hostsByNeed(matching(hosts, text));
  return (
    <section class="hosts" aria-label="Hosts">
      <h2>
        Hosts <span class="quiet number">{hosts.length}</span>
      </h2>
      <div class="tools">
        <label>
          Name or kernel
          <input type="search" value={text} onInput={event => setText(event.currentTarget.value)} />
        </label>
        {text !== '' && (
          <span class="quiet" role="status">
            {shown.length} of {hosts.length}
          </span>
        )}
      </div>
      <Table
        label="What is due on each host"
        columns={columns}
        rows={shown}
        keyOf={({ node }) => node}
        rowLook={({ failure }) => (failure === '' ? '' : 'is-bad')}
      />
    </section>
  );
}

function columnsOf(cluster: ClusterOverview | undefined): readonly Column<NodeDue>[] {
  return [
    {
      name: 'Host',
      look: 'name',
      cell: ({ node }) => <b>{node}</b>,
      order: (a, b) => a.node.localeCompare(b.node, undefined, { numeric: true }),
    },
    {
      name: 'Wave',
      cell: ({ wave }) => cluster?.waves[wave]?.name ?? String(wave + 1),
      order: byNumber(({ wave }) => wave),
    },
    {
      name: 'Updates',
      look: 'number',
      cell: ({ updates, failure }) => (failure === '' ? (updates ?? 'unknown') : ''),
      order: byNumber(({ updates }) => (updates === null ? null : -updates)),
    },
    {
      name: 'Reboot',
      cell: host => <Reboot host={host} />,
      order: byNumber(({ rebootDue }) => (rebootDue === null ? null : rebootDue ? 0 : 1)),
    },
    { name: 'Kernel', look: 'name', cell: host => <Kernel host={host} />, order: byKernel },
    {
      name: 'Up for',
      cell: ({ bootedAtMs }) => bootedAtMs !== null && days(now.value - bootedAtMs),
      order: byNumber(({ bootedAtMs }) => bootedAtMs),
    },
    {
      name: 'Patched',
      cell: ({ patchedAtMs, failure }) =>
        patchedAtMs === null ? failure === '' && 'not known' : <Instant atMs={patchedAtMs} as="ago" />,
      order: byNumber(({ patchedAtMs }) => patchedAtMs),
    },
  ];
}

const byKernel = (a: NodeDue, b: NodeDue) =>
  (a.runningKernel ?? '~').localeCompare(b.runningKernel ?? '~', undefined, { numeric: true });

function Reboot({ host: { failure, rebootDue, rebootReason } }: { readonly host: NodeDue }) {
  if (failure !== '') return <>did not answer: {failure}</>;
  if (rebootDue === null) return <span class="quiet">unknown</span>;
  if (!rebootDue) return <span class="quiet">no</span>;
  return (
    <>
      <b>due</b>
      {rebootReason !== '' && `: ${rebootReason}`}
    </>
  );
}

function Kernel({ host: { runningKernel, newestKernel } }: { readonly host: NodeDue }) {
  if (runningKernel === null) return null;
  return (
    <span class="mono">
      {runningKernel}
      {newestKernel !== null && newestKernel !== runningKernel && <span class="quiet"> → {newestKernel}</span>}
    </span>
  );
}
