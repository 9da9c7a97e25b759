import type { WaitingStatus } from '../../../../../shared/domain/status.ts';
import { Since } from '../../components/time.tsx';
import { reasonsOf } from './model/reasons.ts';

/** What a cluster or a wave waits for, each reason once. */
export function Waits({ waiting }: { readonly waiting: readonly WaitingStatus[] }) {
  if (waiting.length === 0) return null;
  return (
    <ul class="holdups">
      {reasonsOf(waiting).map(({ reason, slots, sinceMs }) => (
        <li key={reason}>
          ◌ {slots > 1 ? `${slots} slots wait` : 'waits'} <Since atMs={sinceMs} />: {reason}
        </li>
      ))}
    </ul>
  );
}

/** What failed and was passed over. */
export function Warnings({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <ul class="holdups">
      {texts.map(text => (
        <li key={text}>! {text}</li>
      ))}
    </ul>
  );
}
