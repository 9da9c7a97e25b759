/** A part of the engine that runs until it is stopped. */
export interface RunningService {
  /** Takes no more work, lets go of what it holds at a safe point, and leaves everything so that others can go on. */
  stop(): Promise<void>;
}
