import { useState } from 'preact/hooks';
import type { DraftRequest } from '../../../../../shared/domain/draft/draft.ts';
import type { Planner } from '../../../../../shared/domain/draft/planner.ts';
import { may } from '../../lib/person.ts';
import { clustersOf, requestOf, wavesOf } from '../../view/request.ts';
import { Form } from '../form.tsx';
import { Choices } from './choices.tsx';

interface RequestFormProps {
  readonly planners: readonly Planner[];
  /** Clusters that are chosen at first. */
  readonly chosen: readonly string[];
  readonly busy: boolean;
  readonly onAsk: (request: DraftRequest) => void;
}

/** Asks what of the fleet a plan is to be made for. */
export function RequestForm({ planners, chosen, busy, onAsk }: RequestFormProps) {
  const [clusters, setClusters] = useState(chosen);
  const [waves, setWaves] = useState<readonly string[]>([]);
  const known = clustersOf(planners);
  const names = wavesOf(known, clusters);
  const why = may('operator') ? '' : 'Only operators may have plans made';
  const ask = (fields: FormData): void => {
    if (busy || why !== '') return;
    onAsk(requestOf({ ...textsOf(fields), clusters, waves: waves.filter(wave => names.includes(wave)) }));
  };
  return (
    <Form look="card request" onSend={ask}>
      <Choices
        legend="Clusters"
        hint="None chosen: the whole fleet"
        choices={known.map(({ name, stage }) => ({ name, more: stage === name ? '' : stage }))}
        chosen={clusters}
        onChange={setClusters}
      />
      <Choices
        legend="Waves"
        hint="None chosen: all of them"
        choices={names.map(name => ({ name, more: '' }))}
        chosen={waves}
        onChange={setWaves}
      />
      <Narrower />
      <div class="buttons">
        <button type="submit" class="main" aria-disabled={why !== '' || busy} title={why === '' ? undefined : why}>
          {busy ? 'Asking…' : 'Make the plan'}
        </button>
        <span class="quiet">{why === '' ? 'Nothing begins by it.' : `${why}.`}</span>
      </div>
    </Form>
  );
}

function textsOf(fields: FormData) {
  const text = (name: string): string => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  return { nodes: text('nodes'), limit: text('limit'), selector: text('selector'), updates: fields.has('updates') };
}

function Narrower() {
  return (
    <>
      <div class="fields">
        <label>
          Only these nodes
          <textarea name="nodes" rows={2} placeholder="worker-01, dev/worker-02" spellcheck={false} />
        </label>
        <label>
          Only the first so many
          <input name="limit" type="number" min={1} step={1} placeholder="all" />
        </label>
        <label>
          Only Nodes with these labels
          <input name="selector" placeholder="zone=a,!gpu" autoComplete="off" spellcheck={false} maxLength={512} />
        </label>
      </div>
      <label class="check">
        <input type="checkbox" name="updates" defaultChecked />
        <span>
          Ask every host what is due on it <span class="quiet">(takes longer, changes nothing but package lists)</span>
        </span>
      </label>
    </>
  );
}
