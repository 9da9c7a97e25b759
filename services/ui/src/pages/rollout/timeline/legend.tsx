import { STEPS } from '../../../../../../shared/domain/steps.ts';

/** What colours, patterns and lines mean. */
export function Legend() {
  return (
    <ul class="tl-legend" aria-label="Legend">
      {STEPS.map(step => (
        <li key={step}>
          <i class={`tl-bar ${step}`} /> {step}
        </li>
      ))}
      <li>
        <i class="tl-span" /> between steps, waiting
      </li>
      <li>
        <b class="tl-failed">✗</b> failed
      </li>
      <li>
        <i class="tl-mark approval" /> approval
      </li>
      <li>
        <i class="tl-mark halt" /> paused
      </li>
      <li>
        <i class="tl-mark change" /> limit changed
      </li>
    </ul>
  );
}
