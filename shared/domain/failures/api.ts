import type { FailureEntry } from './entry.ts';

/** Failures of serving HTTP. */
export const API_FAILURES = {
  'api-password-missing': {
    retryable: false,
    todo: 'Set NODETIDE_PASSWORD, or give --password-file, --token-hashes-file or --proxy-roles, or listen on 127.0.0.1 without --proxy-from.',
  },
  'api-token-hashes': {
    retryable: false,
    todo: 'Name a file of lines NAME: ROLE sha256-HASH, as nodetide token new makes them; a wrong line may hold a token itself.',
  },
  'api-proxy-wrong': {
    retryable: false,
    todo: 'Name the addresses of the proxy (--proxy-from 10.0.0.7,10.1.0.0/16) and the role of each group (--proxy-roles admin=ops,viewer=*).',
  },
  'api-address-in-use': { retryable: true, todo: 'Choose another port, or 0 for any free one.' },
  'api-cannot-listen': { retryable: false, todo: 'Check the address and the port.' },
} as const satisfies Record<string, FailureEntry>;
