/** Where services say what they do; adapters of it never throw. Fields hold ids, never secrets. */
export interface ServiceLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Says nothing. */
export const SILENT_LOG: ServiceLog = { info: () => {}, warn: () => {}, error: () => {} };
