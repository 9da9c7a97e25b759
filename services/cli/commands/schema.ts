import type { Command } from 'commander';
import type { Wiring } from '../wiring.ts';

/** `nodetide schema` */
export function register(program: Command, { terminal }: Wiring): void {
  program
    .command('schema')
    .description('print the JSON Schema of the fleet file, for editors')
    .action(async () => {
      const { fleetJsonSchema } = await import('../../../shared/config/json-schema.ts');
      terminal.out(JSON.stringify(fleetJsonSchema(), null, 2));
    });
}
