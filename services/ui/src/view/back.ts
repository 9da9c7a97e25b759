/** Where to go after a log-in: the path asked for if it is one of this server, else the fleet. */
export function backTo(asked: string | undefined): string {
  const isOurs = asked !== undefined && /^\/(?![/\\])[^\\]*$/.test(asked) && !asked.startsWith('/login');
  return isOurs ? asked : '/';
}
