import { signal } from '@preact/signals';
import { Component, type ComponentChildren } from 'preact';
import { useTitle } from '../lib/title.ts';

/** A part of the page could not be loaded, mostly as the server has a newer one now. */
const stale = signal(false);

addEventListener('vite:preloadError', () => {
  stale.value = true;
});

interface BoundaryProps {
  /** Another one begins anew. */
  readonly place: string;
  readonly children: ComponentChildren;
}

interface BoundaryState {
  readonly error: unknown;
  readonly place: string;
}

/** Says what broke in the place of a page that did; everything around it stays. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: null, place: this.props.place };

  static override getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { error: error ?? 'unknown' };
  }

  static override getDerivedStateFromProps({ place }: BoundaryProps, state: BoundaryState): BoundaryState | null {
    return place === state.place ? null : { error: null, place };
  }

  override render() {
    if (stale.value) return <Stale />;
    const { error } = this.state;
    return error === null ? (
      this.props.children
    ) : (
      <Broken error={error} onAgain={() => this.setState({ error: null })} />
    );
  }
}

function Broken({ error, onAgain }: { readonly error: unknown; readonly onAgain: () => void }) {
  useTitle('Broken');
  const [message, stack] = error instanceof Error ? [error.message, error.stack] : [String(error), undefined];
  return (
    <section role="alert" class="card broken">
      <h1>This page broke</h1>
      <p>{message}</p>
      <p class="quiet">Rollouts are not touched by this: they go on without any page.</p>
      <div class="buttons">
        <button type="button" class="main" onClick={() => location.reload()}>
          Reload
        </button>
        <button type="button" onClick={onAgain}>
          Try again
        </button>
      </div>
      {stack !== undefined && (
        <details>
          <summary>For a report of the fault</summary>
          <pre class="scroll">{stack}</pre>
        </details>
      )}
    </section>
  );
}

function Stale() {
  useTitle('Reload');
  return (
    <section role="alert" class="card broken">
      <h1>A part of the page did not come</h1>
      <p>The server does not answer, or it has a newer page than this one.</p>
      <button type="button" class="main" onClick={() => location.reload()}>
        Reload
      </button>
    </section>
  );
}
