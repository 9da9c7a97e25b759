import { z } from 'zod';
import { urlTrouble } from '../../../domain/probe-url.ts';
import { option, required, section } from '../../option.ts';
import { secretRef, text } from '../../values.ts';
import { httpCheckTable } from '../user-check.ts';

const URL_TEXT = 'an http or https URL without user and password';

/** Nothing of a node is filled in here. */
const serverUrl = z.string({ error: URL_TEXT }).superRefine((value, context) => {
  const trouble = /[{}]/.test(value) ? 'it holds braces' : urlTrouble(value);
  if (trouble !== null) context.addIssue(`${URL_TEXT}: ${trouble}`);
});

export const gateAuthTable = {
  token: option(secretRef, 'A bearer token.'),
  user: option(text('a user name without ":"', /^[^:\r\n]+$/), 'A user, who needs a password.'),
  password: option(secretRef, "The user's password."),
};

/** How a monitoring server is asked. */
export const gateServerTable = {
  url: required(serverUrl, 'Where the server is: the part before /api.'),
  auth: option(
    section('GateAuth', 'As whom a server is asked: with a token, or as a user with a password.', gateAuthTable),
    'As whom it is asked.',
    { otherwise: 'as nobody' },
  ),
  headers: httpCheckTable.headers,
  tls: httpCheckTable.tls,
};
