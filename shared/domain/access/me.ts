import type { Role } from './role.ts';

/** Who asks, as the server knows them. */
export interface Me {
  readonly name: string;
  readonly role: Role;
  /** `open`: everybody on this machine may, without saying who they are. */
  readonly auth: 'open' | 'required';
  /** Whether a log-in let them in, which can be ended. */
  readonly session: boolean;
}
