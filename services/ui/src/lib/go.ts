/** Goes to a path of this server; what is not a page of this one is loaded as a whole. */
export function goTo(to: string, route: (url: string, replace?: boolean) => void): void {
  if (/^\/(queues|metrics|api)(\/|$)/.test(to)) location.assign(to);
  else route(to, true);
}
