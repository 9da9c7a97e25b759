import type { z } from 'zod';
import type { HttpGateSettings } from '../../../domain/gate/http.ts';
import { fill } from '../../option.ts';
import { type httpGateSchema, httpGateTable } from '../../schema/gates/http.ts';
import { compileHttp } from '../http.ts';
import type { ToAbsolute } from '../ssh.ts';
import { compileGateBase } from './base.ts';

/** A gate of kind `http` in our units. */
export function compileHttpGate(file: z.output<typeof httpGateSchema>, toAbsolute: ToAbsolute): HttpGateSettings {
  const { kind, of } = fill(httpGateTable, [file]);
  const { kind: _, ...ask } = compileHttp(file, toAbsolute);
  return { ...compileGateBase(file, httpGateTable), kind, of, ask };
}
