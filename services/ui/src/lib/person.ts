import { signal } from '@preact/signals';
import type { Me } from '../../../../shared/domain/access/me.ts';
import { type Role, roleAllows } from '../../../../shared/domain/access/role.ts';
import { ApiProblem, get, problemOf, send } from './http.ts';

/** Who looks at the page, as the server sees it. `undefined`: not known yet; null: a log-in is needed. */
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

/** Ends the session; the problem where one is logged in still. */
export async function logOut(): Promise<ApiProblem | null> {
  try {
    await send('DELETE', '/session');
    me.value = null;
  } catch (error) {
    await askWhoIAm();
    if (me.value) return problemOf(error);
  }
  return null;
}
