import type { ComponentChildren } from 'preact';
import type { Role } from '../../../../shared/domain/access/role.ts';
import { may } from '../lib/person.ts';

interface RoleButtonProps {
  readonly needs: Role;
  readonly onClick: () => void;
  readonly look?: 'main' | 'danger';
  /** Why it cannot be pressed now, apart from roles; empty: it can. */
  readonly hindered?: string;
  /** Its accessible name, where the words on it do not say what it is about. */
  readonly label?: string;
  readonly children: ComponentChildren;
}

/** A button for those who may; others can reach it too, and read why it does nothing. */
export function RoleButton({ needs, onClick, look, hindered = '', label, children }: RoleButtonProps) {
  const why = may(needs) ? hindered : `Only ${needs}s may do this`;
  return (
    <button
      type="button"
      class={look}
      aria-label={label}
      aria-disabled={why !== ''}
      title={why === '' ? undefined : why}
      onClick={() => {
        if (why === '') onClick();
      }}
    >
      {children}
    </button>
  );
}

/** Says once on a page what the person may not do there; nothing for those who may. */
export function RoleNote({ needs, to }: { readonly needs: Role; readonly to: string }) {
  if (may(needs)) return null;
  return (
    <p class="quiet">
      Only {needs}s may {to}.
    </p>
  );
}
