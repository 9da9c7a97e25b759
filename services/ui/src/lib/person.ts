import { signal } from '@preact/signals';
import { type Role, roleAllows } from '../../../../shared/domain/access/role.ts';
import { ApiProblem, get, send } from './http.ts';

/** Who looks at the page, as the server sees it. */
export interface Me {
  readonly name: string;
  readonly role: Role;
  /** `open`: nobody has to say who they are. */
  readonly auth: 'open' | 'required';
}

/** `undefined`: not known yet; null: a log-in is needed. */
export const me = signal<Me | null | undefined>(undefined);

/** Asks the server, and takes in the answer. A server that does not answer changes nothing. */
export async function askWhoIAm(): Promise<void> {
  try {
    me.value = await get<Me>('/me');
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) me.value = null;
  }
}

/** Whether the person may do what needs this role. */
export function may(needed: Role): boolean {
  return me.value ? roleAllows(me.value.role, needed) : false;
}

/** Ends the session. */
export async function logOut(): Promise<void> {
  await send('DELETE', '/session').catch(() => undefined);
  me.value = null;
}
