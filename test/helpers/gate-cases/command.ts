import { GATE_BASE, type GateCase } from './case.ts';

const settings = { ...GATE_BASE, kind: 'command', of: 'cluster', command: './may-go' } as const;
const ends = (exitCode: number, output: string) => () => ({ exitCode, output });
const opens = 'when its command ends with 0';

/** Ends of commands. */
export const COMMAND_CASES: readonly GateCase[] = [
  { name: 'exit code 0', settings, run: ends(0, 'no matter\n'), says: 'open' },
  { name: 'exit code 1', settings, run: ends(1, 'looking\nbackup runs\n'), says: { reasons: ['backup runs'], opens } },
  { name: 'exit code 1 without a word', settings, run: ends(1, ''), says: { reasons: ['the command says no'], opens } },
  { name: 'any other exit code', settings, run: ends(127, 'sh: nope'), says: { throws: 'exit code 127: sh: nope' } },
  {
    name: 'what it is told of a node',
    settings: { ...settings, of: 'node' },
    moment: 'reboot',
    run: ({ env }) => ({
      exitCode: env['NODETIDE_NODE'] === 'n1' && env['NODETIDE_MOMENT'] === 'reboot' ? 0 : 2,
      output: '',
    }),
    says: 'open',
  },
];
