import { fail } from '../../domain/failures/catalogue.ts';
import type { SshProfile } from '../../domain/plan.ts';

/** A server to log in to, directly or through the ones before it. */
export interface Server {
  readonly address: string;
  readonly port: number;
  readonly profile: SshProfile;
}

/** The servers from the first jump host to the host itself. Throws StepError `ssh-settings` for an unknown profile. */
export function routeOf(
  host: { readonly address: string; readonly port: number; readonly profile: string },
  profiles: Readonly<Record<string, SshProfile>>,
): Server[] {
  const profileOf = (name: string): SshProfile => {
    const profile = profiles[name];
    if (!profile) throw fail('ssh-settings', { message: `there are no SSH settings named ${name}` });
    return profile;
  };
  const profile = profileOf(host.profile);
  const hops = profile.jump.map(hop => ({ address: hop.address, port: hop.port, profile: profileOf(hop.profile) }));
  return [...hops, { address: host.address, port: host.port, profile }];
}

/** A server as people write it: `name:port`, `[2001:db8::1]:port`. */
export function placeOf({ address, port }: Pick<Server, 'address' | 'port'>): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** How a failure names the server at `index`: a jump host is called one, with the host that lies behind it. */
export function hopName(route: readonly Server[], index: number): string {
  const [server, last] = [route[index], route.at(-1)];
  if (!server || !last) throw new RangeError('a route needs a server');
  return server === last ? placeOf(server) : `jump host ${placeOf(server)} (on the way to ${placeOf(last)})`;
}
