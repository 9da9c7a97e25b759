import { clip } from '../../../../shared/domain/text.ts';
import { CliError, EXIT, type ExitCode } from '../../exit.ts';

const DETAIL_CHARS = 500;
const TYPE = 'urn:nodetide:problem:';

/** What a server refused, as one line that can be shown as it is. */
export class ServerProblem extends CliError {
  /** As in the list of problems of the API; empty: the answer was none of nodetide's. */
  readonly problem: string;
  readonly detail: string;

  constructor(
    exitCode: ExitCode,
    message: string,
    { problem, detail, mayPass }: Pick<ServerProblem, 'problem' | 'detail' | 'mayPass'>,
  ) {
    super(exitCode, message, { mayPass });
    this.problem = problem;
    this.detail = detail;
  }
}

/** The failure behind an answer that is none. `hadToken`: it was asked with one. */
export function problemOf(url: string, status: number, body: string, hadToken: boolean): ServerProblem {
  const { type, detail } = read(body);
  const said = clip(detail === '' ? `HTTP status ${status}` : detail, DETAIL_CHARS);
  // A server that starts, or a proxy before one that does.
  const mayPass = status >= 500;
  const make = (code: ExitCode, message: string) =>
    new ServerProblem(code, message, { problem: type, detail: said, mayPass });
  if (status === 401) {
    const todo = hadToken
      ? 'the token is not known there (any more): ask for a new one'
      : 'give a token with --token-file FILE or NODETIDE_TOKEN';
    return make(EXIT.cannotConnect, `${url} does not let us in: ${todo}`);
  }
  if (status === 403) {
    return make(
      EXIT.cannotConnect,
      `${url} refuses this: ${said}; \`nodetide token new --role\` makes a token that may`,
    );
  }
  if (type === '') {
    const what = status >= 300 && status <= 399 ? 'sends us elsewhere: name that address instead' : `answers ${said}`;
    return make(EXIT.cannotConnect, `${url} ${what}`);
  }
  return make(status >= 500 ? EXIT.cannotConnect : EXIT.badInput, said);
}

/** What Node says of a certificate whose authority it does not know. */
const UNTRUSTED = /SELF_SIGNED_CERT|^UNABLE_TO_(VERIFY|GET_ISSUER)/;

/** A server that gives no answer at all. */
export function unreachable(url: string, error: unknown): CliError {
  const { message = '', code = '' } = (error ?? {}) as { message?: string; code?: string };
  const why = message === '' ? code : message;
  const isUntrusted = UNTRUSTED.test(code);
  const todo = isUntrusted ? '; name the authority of its certificate with --ca-file FILE' : '';
  const said = `${url} cannot be reached: ${why}${todo}`;
  return new CliError(EXIT.cannotConnect, said, { cause: error, mayPass: !isUntrusted });
}

function read(body: string): { readonly type: string; readonly detail: string } {
  try {
    const { type, detail } = JSON.parse(body) as { type?: unknown; detail?: unknown };
    if (typeof type !== 'string' || !type.startsWith(TYPE)) return { type: '', detail: '' };
    return { type: type.slice(TYPE.length), detail: typeof detail === 'string' ? detail : '' };
  } catch {
    return { type: '', detail: '' };
  }
}
