/** A resource as a check names it. */
export interface ResourceName {
  readonly plural: string;
  /** Empty: the core group. */
  readonly group: string;
  /** null: the one the server prefers. */
  readonly version: string | null;
}

const VERSION = /^v\d+(?:(?:alpha|beta)\d+)?$/;

/** `nodes`, `deployments.apps`, `deployments.v1.apps`: plural, then perhaps a version, then perhaps a group, as kubectl reads it. */
export function parseResource(text: string): ResourceName {
  const [plural = '', second = '', ...rest] = text.split('.');
  if (VERSION.test(second)) return { plural, version: second, group: rest.join('.') };
  return { plural, version: null, group: [second, ...rest].filter(part => part !== '').join('.') };
}
