import { storeScript } from './run-script.ts';
import { ADVANCE } from './scripts/advance.ts';
import { ASK } from './scripts/ask.ts';
import { BEGIN } from './scripts/begin.ts';
import { CLAIM } from './scripts/claim.ts';
import { COMMAND } from './scripts/command.ts';
import { CREATE } from './scripts/create.ts';
import { PROVE } from './scripts/prove.ts';
import { RECORD } from './scripts/record.ts';
import { SLOTS } from './scripts/slots.ts';
import { STALLED } from './scripts/stalled.ts';
import { WAIT } from './scripts/wait.ts';

/** The only writers of a rollout's state. */
export const SCRIPTS = {
  create: storeScript(CREATE),
  advance: storeScript(ADVANCE),
  ask: storeScript(ASK),
  slots: storeScript(SLOTS),
  claim: storeScript(CLAIM),
  begin: storeScript(BEGIN),
  record: storeScript(RECORD),
  prove: storeScript(PROVE),
  stalled: storeScript(STALLED),
  command: storeScript(COMMAND),
  wait: storeScript(WAIT),
} as const;
