import type { DueSummary } from '../../../../../shared/domain/survey/survey.ts';
import { spread } from '../../view/kernels.ts';
import { Bar } from '../bar.tsx';

/** How far the running kernels of a cluster are spread. */
export function Kernels({ due }: { readonly due: DueSummary }) {
  const parts = spread(due.kernels);
  if (parts.length === 0) return <span class="quiet">not known</span>;
  return (
    <>
      {parts.length > 1 && <Bar label="Running kernels" parts={parts} />}
      <ul class="kernels">
        {parts.map(({ name, value, tone }) => (
          <li key={name}>
            {parts.length > 1 && <span class={`swatch ${tone}`} aria-hidden="true" />}
            <span class="mono">{name}</span> <span class="quiet number">· {value}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
