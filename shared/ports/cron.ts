/** Cron expressions of five fields (minute, hour, day of month, month, weekday; names and L, # as croner knows them), read in a time zone. */
export interface Cron {
  /** What is wrong with an expression or a zone; null: nothing. */
  trouble(expression: string, zone: string): string | null;
  /**
   * The first instant after `afterMs`, ms since the epoch; null: none within the next years. A time of day that a change of
   * clocks leaves out comes right after it; one that comes twice counts once.
   */
  next(expression: string, zone: string, afterMs: number): number | null;
  /** The last instant not after `atMs`; null: none within the last years. */
  previous(expression: string, zone: string, atMs: number): number | null;
}
