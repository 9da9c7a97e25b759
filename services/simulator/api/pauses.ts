/** Controllers that are held up, so that a test can look at what is otherwise over in a moment. */
export class Pauses {
  readonly #resumes = new Map<string, Set<() => void>>();

  /** Whether a controller must wait; if so, `resume` is called once it need not. */
  hold(controller: string, resume: () => void): boolean {
    const resumes = this.#resumes.get(controller);
    resumes?.add(resume);
    return resumes !== undefined;
  }

  pause(controller: string): void {
    if (!this.#resumes.has(controller)) this.#resumes.set(controller, new Set());
  }

  resume(controller: string): void {
    const resumes = this.#resumes.get(controller);
    this.#resumes.delete(controller);
    for (const resume of resumes ?? []) resume();
  }
}
