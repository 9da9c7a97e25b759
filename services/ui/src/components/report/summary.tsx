import type { RolloutReport } from '../../../../../shared/domain/report/report.ts';
import { counted } from '../../../../../shared/domain/text.ts';
import { duration } from '../../../../../shared/domain/time/show.ts';
import { countsText, totalsOf } from '../../view/report.ts';
import { Mark } from '../mark.tsx';
import { Instant } from '../time.tsx';

/** A report in a few lines. */
export function Summary({ report }: { readonly report: RolloutReport }) {
  const { fleet, by, outcome, createdAtMs, startedAtMs, endedAtMs, counts } = report;
  const tone = outcome === 'done' ? (counts.failed + counts.skipped > 0 ? 'wait' : 'good') : 'wait';
  return (
    <section aria-label="Summary">
      <div class={`condition ${outcome === null ? 'busy' : tone}`}>
        <Mark tone={outcome === null ? 'busy' : tone} />
        <div>
          <strong>
            {outcome === null ? 'Under way' : outcome === 'done' ? 'Done' : 'Aborted'}: {countsText(report)}
          </strong>
          <p>Fleet {fleet}</p>
        </div>
      </div>
      <dl class="facts">
        <dt>Asked for</dt>
        <dd>
          <Instant atMs={createdAtMs} /> by {by}
        </dd>
        <dt>Began</dt>
        <dd>
          <Instant atMs={startedAtMs} />
        </dd>
        <dt>Ended</dt>
        <dd>{endedAtMs === null ? 'it goes on: this is how far it is' : <Instant atMs={endedAtMs} />}</dd>
        <Deeds report={report} />
      </dl>
    </section>
  );
}

function Deeds({ report }: { readonly report: RolloutReport }) {
  const { changed, reboots, evicted, longestDown } = totalsOf(report);
  return (
    <>
      <dt>Took</dt>
      <dd>
        <Took report={report} />
      </dd>
      <dt>Changed</dt>
      <dd>
        packages on {counted(changed, 'node')}, {counted(reboots, 'reboot')}, {counted(evicted, 'pod')} evicted
      </dd>
      {longestDown && longestDown.downtimeMs !== null && (
        <>
          <dt>Longest down</dt>
          <dd>
            {duration(longestDown.downtimeMs)} ({longestDown.cluster}/{longestDown.node})
          </dd>
        </>
      )}
      <dt>Times</dt>
      <dd>in {Intl.DateTimeFormat().resolvedOptions().timeZone}</dd>
    </>
  );
}

function Took({ report: { startedAtMs, endedAtMs, estimate } }: { readonly report: RolloutReport }) {
  const tookMs = startedAtMs === null || endedAtMs === null ? null : endedAtMs - startedAtMs;
  return (
    <>
      {tookMs === null ? '–' : duration(tookMs)}
      {estimate && (
        <span class="quiet">
          {' '}
          (reckoned when it was made, windows and approvals aside: {duration(estimate.totalMs)})
        </span>
      )}
    </>
  );
}
